import {
  type AddressTrust,
  connectionNameOf,
  type FirstLogin,
  type IdentityLink,
  type Login,
  mayTakeOver,
  parseEmail,
  parseUserId,
  Refusal,
  type UserId,
  type VerifiedClaims,
} from "@platform-api/server/domain";
import { CommandFailure } from "../terminal.ts";
import type { PersonPorts } from "./explain-person.ts";
import { type Explainer, shown } from "./explanation.ts";

/** How the resolver would find the UUID: the link, or what a first login would do. */
export async function explainIdentity(
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
  if (link === null) return explainFirstLogin({ claims, login, trust }, ports, explainer, signal);
  await explainBlocked(link.userId, ports, explainer, signal);
  return explainLink(claims, link, ports, explainer, signal);
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
    "`org apply`: the organization that this connection is registered for must list the domain, exactly, and may only if the domain is that customer's own; an unregistered connection must be registered",
  SSO_REQUIRED: "sign in through the organization's own connection, or set enforceSso to false",
} as const;

/** No link yet: what a first login would do, without doing it. */
async function explainFirstLogin(
  first: FirstLogin,
  ports: PersonPorts,
  explainer: Explainer,
  signal: AbortSignal,
): Promise<UserId | null> {
  const { claims, trust } = first;
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
  const userId = await explainUser(first, ports, explainer, signal);
  await explainBlocked(userId, ports, explainer, signal);
  if (userId !== null) await explainSeat(first, userId, ports, explainer, signal);
  return userId;
}

async function explainUser(
  { claims, trust }: FirstLogin,
  { directory }: PersonPorts,
  explainer: Explainer,
  signal: AbortSignal,
): Promise<UserId | null> {
  if (claims.userId !== null) {
    explainer.note("user", `${claims.userId}, by the signed capitol_user_id`);
    return claims.userId;
  }
  if (trust.state !== "trusted") return null;
  const user = await directory.findByEmail(trust.email, { signal }).catch((cause: unknown) => {
    throw new CommandFailure(
      "the user directory does not answer: check CLJ_PG_WRAPPER_URL and CLJ_PG_WRAPPER_TOKEN",
      { cause },
    );
  });
  if (user === null || parseEmail(user.email) !== trust.email) {
    explainer.note("user", "none in the directory yet: a login would create one");
    return null;
  }
  explainer.note("user", `${user.id}, in the directory at this address`);
  return parseUserId(user.id);
}

async function explainSeat(
  first: FirstLogin,
  userId: UserId,
  ports: PersonPorts,
  explainer: Explainer,
  signal: AbortSignal,
): Promise<void> {
  const { tenant, subject } = first.claims;
  const connection = connectionNameOf(first.login);
  const held = await ports.links.findSeat({ tenant, connection, userId }, signal);
  const isTaken = held !== null && held.subject !== subject;
  const gives = isTaken && (await mayTakeOver(held, first, ports, signal));
  const by = held === null ? "" : ` by ${shown(held.subject)}${gives ? ", who gives way" : ""}`;
  await explainer.rule(
    "seat",
    {
      saw: held === null ? `free on ${connection}` : `held on ${connection}${by}`,
      expected: "no other subject of this connection at the same user",
      mend: "a re-created account: `identity relink`; a recycled mailbox: free the address in the directory; all subjects changed: `connection relink-window`",
    },
    () => {
      if (isTaken && !gives) {
        throw new Refusal("IDENTITY_CONFLICT", "another subject of this connection holds the user's seat");
      }
    },
  );
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
