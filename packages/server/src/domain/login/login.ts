import type { Connection, Organizations } from "../organization.ts";
import type { VerifiedClaims } from "../token/claims.ts";

/** How a user signed in, according to the verified token and the registered connections. */
export type Login =
  /** Through a connection that an operator registered for its organization. */
  | { readonly via: "sso"; readonly connection: Connection }
  /** Password, e-mail code or a social login: no organization vouches for it. */
  | { readonly via: "other"; readonly strategy: string }
  /** SSO through a connection that is not registered, for example an Entra common endpoint. */
  | { readonly via: "unregistered"; readonly connectionName: string }
  /** A legacy platform token: its subject is the UUID. */
  | { readonly via: "platform" };

/**
 * Decides the connection of a token: the `connection` claim alone where present; else the second of at least
 * three subject parts, if a connection of that name and strategy is registered; else the strategy itself, if it
 * is not SSO. `org_id` does not name a connection.
 */
export async function loginOf(
  claims: VerifiedClaims,
  { organizations, otherStrategies }: { organizations: Organizations; otherStrategies: ReadonlySet<string> },
  signal: AbortSignal,
): Promise<Login> {
  if (claims.source === "platform") return { via: "platform" };
  const parts = subjectParts(claims.subject);
  const registered = await registeredConnection(claims, parts, organizations, signal);
  const strategy = registered?.strategy ?? parts.strategy;
  if (strategy !== null && otherStrategies.has(strategy)) {
    return { via: "other", strategy };
  }
  if (registered !== null) return { via: "sso", connection: registered };
  return { via: "unregistered", connectionName: claims.connection ?? strategy ?? "" };
}

/**
 * The connection that seats and links of this login are stored under. If the login is not SSO it is the strategy, with
 * or without a `connection` claim, so that one mailbox has one seat.
 */
export function connectionNameOf(login: Login): string {
  switch (login.via) {
    case "sso":
      return login.connection.name;
    case "other":
      return login.strategy;
    case "unregistered":
      return login.connectionName;
    case "platform":
      return "platform";
  }
}

async function registeredConnection(
  claims: VerifiedClaims,
  { strategy, connection }: SubjectParts,
  organizations: Organizations,
  signal: AbortSignal,
): Promise<Connection | null> {
  if (claims.connection !== null) return organizations.findConnection(claims.connection, signal);
  if (connection === null) return null;
  const registered = await organizations.findConnection(connection, signal);
  return registered?.strategy === strategy ? registered : null;
}

/** The first part of a subject, which names the strategy; null if it has none. */
export function strategyOf(subject: string): string | null {
  return subjectParts(subject).strategy;
}

interface SubjectParts {
  readonly strategy: string | null;
  readonly connection: string | null;
}

/** Splits at the first two pipes only: a SAML NameID may hold more of them. */
function subjectParts(subject: string): SubjectParts {
  const [strategy, second, ...rest] = subject.split("|");
  if (!strategy || second === undefined) return { strategy: null, connection: null };
  return { strategy, connection: rest.length > 0 && second !== "" ? second : null };
}
