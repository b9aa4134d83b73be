import type { CljClient } from "@platform-api/clj-client";
import {
  type AddressTrust,
  domainOf,
  type IdentityRegistry,
  judgeAddress,
  type Login,
  loginOf,
  type Memberships,
  type Organizations,
  Refusal,
  type RelinkWindows,
  type TrustMode,
  type UserId,
  type VerifiedClaims,
} from "@platform-api/server/domain";
import { explainIdentity } from "./explain-identity.ts";
import type { Explainer } from "./explanation.ts";

export interface PersonPorts {
  readonly organizations: Organizations;
  readonly links: IdentityRegistry;
  readonly windows: RelinkWindows;
  readonly memberships: Memberships;
  /** Asked only for what is there already. */
  readonly directory: Pick<CljClient, "findByEmail">;
  readonly otherStrategies: ReadonlySet<string>;
  readonly trustMode: TrustMode;
  readonly now: () => Date;
}

/**
 * The resolver's rules one by one, without its writes: no user is created, no seat taken, no link stored.
 * @throws {Refusal} where the person is refused; the explainer has noted it then
 */
export async function explainPerson(
  claims: VerifiedClaims,
  ports: PersonPorts,
  explainer: Explainer,
  signal: AbortSignal,
): Promise<void> {
  await explainer.rule(
    "person",
    {
      saw: claims.isMachine ? "a machine's token (client credentials)" : "a person's token",
      expected: "an access token of a user",
      mend: "call with the user's token; a service forwards it as X-User-Token",
    },
    () => {
      if (claims.isMachine) throw new Refusal("USER_TOKEN_REQUIRED", "the token is a machine's");
    },
  );
  const login = await loginOf(claims, ports, signal);
  explainer.note("connection", describeLogin(login));
  const trust = await explainAddress(claims, login, ports, explainer, signal);
  const userId = await explainIdentity(claims, login, trust, ports, explainer, signal);
  await explainOrganization(claims, login, userId, ports, explainer, signal);
}

async function explainAddress(
  claims: VerifiedClaims,
  login: Login,
  { organizations, trustMode }: PersonPorts,
  explainer: Explainer,
  signal: AbortSignal,
): Promise<AddressTrust> {
  if (login.via === "platform") {
    explainer.note("address", "of a legacy token: for display only");
    return { state: "absent" };
  }
  const domain = "canonical" in claims.email ? domainOf(claims.email.canonical) : null;
  const verifiers = domain === null ? [] : await organizations.listByDomain(domain, signal);
  const trust = judgeAddress(claims, login, {
    verifiers,
    trustMode,
    wouldRefuse: (reason) =>
      explainer.warn(`let through by TRUST_MODE=report; enforce would answer ${reason}`),
  });
  const names = verifiers.map(({ id, enforceSso }) => (enforceSso ? `${id} (enforces SSO)` : id));
  const verified = domain === null ? "" : `; ${domain} is verified by ${names.join(", ") || "nobody"}`;
  const address = "canonical" in claims.email ? claims.email.canonical : claims.email.absent;
  const verdict = trust.state === "trusted" ? `trusted, rule ${trust.rule}` : trust.state;
  const why = trust.state === "refused" ? ` (${trust.reason})` : "";
  explainer.note("address", `${address}${verified}: ${verdict}${why}`);
  return trust;
}

async function explainOrganization(
  claims: VerifiedClaims,
  login: Login,
  userId: UserId | null,
  { organizations, memberships }: PersonPorts,
  explainer: Explainer,
  signal: AbortSignal,
): Promise<void> {
  const organization =
    claims.auth0OrgId !== null
      ? await organizations.findByAuth0OrgId(claims.auth0OrgId, signal)
      : login.via === "sso"
        ? await organizations.find(login.connection.organizationId, signal)
        : null;
  if (organization === null) {
    const why =
      claims.auth0OrgId === null ? "the login was no SSO" : `nobody registered ${claims.auth0OrgId}`;
    explainer.note("organization", `none: ${why}`);
    return;
  }
  const membership = userId === null ? null : await memberships.find(organization.id, userId, signal);
  const state =
    membership === null ? "no membership is stored yet" : `${membership.status}, ${membership.role}`;
  await explainer.rule(
    "organization",
    {
      saw: `${organization.id}: ${state}${organization.jit ? ", JIT on" : ", JIT off"}`,
      expected: "not removed from the organization of the token",
      mend: `\`member restore ${organization.id} ${userId ?? "<userId>"}\``,
    },
    () => {
      if (membership?.status === "removed") {
        throw new Refusal("MEMBERSHIP_REMOVED", "removed from the organization of the token");
      }
    },
  );
}

function describeLogin(login: Login): string {
  switch (login.via) {
    case "sso":
      return `${login.connection.name} (${login.connection.strategy}), registered for ${login.connection.organizationId}`;
    case "other":
      return `${login.connectionName} (${login.strategy}): no SSO`;
    case "unregistered":
      return `${login.connectionName || "unknown"}: registered for no organization`;
    case "platform":
      return "a legacy platform token: its subject is the user's UUID";
  }
}
