import type { Connection, OrganizationId, Organizations, RegisteredConnection } from "../organization.ts";
import type { VerifiedClaims } from "../token/claims.ts";

/** How a user signed in, according to the verified token and the registered connections. */
export type Login =
  /** Through a connection that an operator registered for its organization. */
  | { readonly via: "sso"; readonly connection: Connection }
  /** Password, e-mail code or a social login: no organization vouches for it. */
  | { readonly via: "other"; readonly strategy: string }
  /**
   * SSO through a connection that is not registered, for example an Entra common endpoint, or through one that is off:
   * then whatever the subject's strategy is, because accounts that are linked at Auth0 keep the first one's subject.
   */
  | {
      readonly via: "unregistered";
      readonly connectionName: string;
      readonly state: "unknown" | "disabled" | "removed";
    }
  /** A legacy platform token: its subject is the UUID. */
  | { readonly via: "platform" };

/**
 * Decides the connection of a token: the `connection` claim alone where present; else the second of at least
 * three subject parts, if a connection of that name and strategy is registered; else the strategy itself, if it
 * is not SSO. `org_id` does not name a connection. A claim that names no connection that was ever registered is that of a
 * database connection, or of SSO, as the subject's strategy says. A registered connection is SSO even if its strategy is
 * among `otherStrategies`: its administrator can mark any address as verified.
 */
export async function loginOf(
  claims: VerifiedClaims,
  { organizations, otherStrategies }: { organizations: Organizations; otherStrategies: ReadonlySet<string> },
  signal: AbortSignal,
): Promise<Login> {
  if (claims.source === "platform") return { via: "platform" };
  const parts = subjectParts(claims.subject);
  const named = await namedBy(claims, parts, organizations, signal);
  if (named !== null) {
    const { name: connectionName, state } = named;
    return state === "enabled"
      ? { via: "sso", connection: named }
      : { via: "unregistered", connectionName, state };
  }
  const { strategy } = parts;
  if (strategy !== null && otherStrategies.has(strategy)) {
    return { via: "other", strategy };
  }
  return { via: "unregistered", connectionName: claims.connection ?? strategy ?? "", state: "unknown" };
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

/** The organization whose SSO the login came through; null for any other login. */
export function organizationIdOf(login: Login): OrganizationId | null {
  return login.via === "sso" ? login.connection.organizationId : null;
}

async function namedBy(
  claims: VerifiedClaims,
  { strategy, connection }: ReturnType<typeof subjectParts>,
  organizations: Organizations,
  signal: AbortSignal,
): Promise<RegisteredConnection | null> {
  if (claims.connection !== null) return organizations.findConnection(claims.connection, signal);
  if (connection === null) return null;
  const named = await organizations.findConnection(connection, signal);
  return named?.strategy === strategy ? named : null;
}

/** What a subject says of its strategy and connection. Only the first two pipes split: a SAML NameID may hold more. */
export function subjectParts(subject: string): { strategy: string | null; connection: string | null } {
  const [strategy, second, ...rest] = subject.split("|");
  if (!strategy || second === undefined) return { strategy: null, connection: null };
  return { strategy, connection: rest.length > 0 && second !== "" ? second : null };
}
