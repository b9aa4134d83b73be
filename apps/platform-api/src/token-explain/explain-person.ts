import type { CljClient } from "@platform-api/clj-client";
import {
  type AddressTrust,
  domainOf,
  type IdentityLink,
  type IdentityLinks,
  judgeAddress,
  type Login,
  loginOf,
  type Memberships,
  type Organizations,
  parseEmail,
  parseUserId,
  Refusal,
  type TrustMode,
  type UserId,
  type VerifiedClaims,
} from "@platform-api/server/domain";
import { CommandFailure } from "../terminal.ts";
import type { Explainer } from "./explanation.ts";

export interface PersonPorts {
  readonly organizations: Organizations;
  readonly links: IdentityLinks;
  readonly memberships: Memberships;
  /** Asked only for what is there already. */
  readonly directory: Pick<CljClient, "findByEmail">;
  readonly otherStrategies: ReadonlySet<string>;
  readonly trustMode: TrustMode;
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

async function explainIdentity(
  claims: VerifiedClaims,
  login: Login,
  trust: AddressTrust,
  ports: PersonPorts,
  explainer: Explainer,
  signal: AbortSignal,
): Promise<UserId | null> {
  if (login.via === "platform") {
    const userId = parseUserId(claims.subject);
    await explainBlocked(userId, ports, explainer, signal);
    return userId;
  }
  const link = await ports.links.find({ tenant: claims.tenant, subject: claims.subject }, signal);
  const userId =
    link === null
      ? await explainFirstLogin(claims, trust, ports, explainer, signal)
      : await explainLink(claims, link, ports, explainer, signal);
  await explainBlocked(userId, ports, explainer, signal);
  return userId;
}

async function explainLink(
  claims: VerifiedClaims,
  link: IdentityLink,
  { organizations }: PersonPorts,
  explainer: Explainer,
  signal: AbortSignal,
): Promise<UserId> {
  const connection = await organizations.findConnection(link.connection, signal);
  const owner = connection?.organizationId ?? null;
  return explainer.rule(
    "link",
    {
      saw: `${link.userId}, linked ${link.linkedAt} through ${link.connection} by ${link.rule}`,
      expected: "no other signed user id, and a connection that belongs to the same organization as then",
      mend: "a signed user id that differs: correct app_metadata.capitol_user_id; a moved connection: move it back, or relink the person",
    },
    () => {
      if (claims.userId !== null && claims.userId !== link.userId) {
        throw new Refusal("IDENTITY_CONFLICT", "the signed user id differs from the stored link");
      }
      if (link.organizationId !== null && owner !== null && owner !== link.organizationId) {
        throw new Refusal(
          "IDENTITY_CONFLICT",
          "the connection of the link has moved to another organization",
        );
      }
      return link.userId;
    },
  );
}

const MEND_ADDRESS = {
  EMAIL_INVALID: "the identity provider sends an address that has no canonical form: correct it there",
  EMAIL_UNVERIFIED:
    "verify the address in Auth0 (User Management > the user > Verify email), then sign in again",
  DOMAIN_NOT_ALLOWED:
    "`org apply`: the organization that this connection is registered for must list the domain, exactly; an unregistered connection must be registered",
  SSO_REQUIRED: "sign in through the organization's own connection, or set enforceSso to false",
} as const;

/** No link yet: what a first login would do, without doing it. */
async function explainFirstLogin(
  claims: VerifiedClaims,
  trust: AddressTrust,
  { directory }: PersonPorts,
  explainer: Explainer,
  signal: AbortSignal,
): Promise<UserId | null> {
  await explainer.rule(
    "first login",
    {
      saw: "no link is stored for this subject",
      expected: "a trusted address, or a signed user id",
      mend:
        trust.state === "refused"
          ? MEND_ADDRESS[trust.reason]
          : "the post-login Action must send the address",
    },
    () => {
      if (trust.state === "refused") throw new Refusal(trust.reason, "a first login needs a trusted address");
      if (trust.state === "absent" && claims.userId === null) {
        throw new Refusal("EMAIL_MISSING", "a first login needs an address or a signed user id");
      }
    },
  );
  if (claims.userId !== null) {
    explainer.note("user", `${claims.userId}, by the signed capitol_user_id`);
    return claims.userId;
  }
  if (trust.state !== "trusted") return null;
  const user = await directory.findByEmail(trust.email, { signal }).catch((cause: unknown) => {
    throw new CommandFailure(
      "the user directory does not answer: check CLJ_PG_WRAPPER_URL and CLJ_PG_WRAPPER_TOKEN",
      {
        cause,
      },
    );
  });
  if (user === null || parseEmail(user.email) !== trust.email) {
    explainer.note("user", "none in the directory yet: a login would create one");
    return null;
  }
  explainer.note("user", `${user.id}, in the directory at this address`);
  return parseUserId(user.id);
}

async function explainBlocked(
  userId: UserId | null,
  { links }: PersonPorts,
  explainer: Explainer,
  signal: AbortSignal,
): Promise<void> {
  if (userId === null) return;
  await explainer.rule(
    "blocked",
    { saw: userId, expected: "a user whom no operator has blocked", mend: "`identity unblock`" },
    async () => {
      if (await links.isBlocked(userId, signal)) {
        throw new Refusal("IDENTITY_BLOCKED", "an operator has blocked this user");
      }
    },
  );
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
