import {
  BLOCKERS,
  blockerOf,
  domainOf,
  type IdentityRules,
  type Login,
  listOrganizations,
  type MembershipRules,
  type VerifiedClaims,
} from "@platform-api/server/domain";
import {
  type Explainer,
  judgePerson,
  NEW_USER,
  type NewMemberships,
  type PersonPorts,
  type PersonTexts,
  type Texts,
} from "@platform-api/server/trial";
import { describeSpeakers } from "../../terminal/describe-speakers.ts";
import { shown } from "./explanation.ts";

/**
 * Explains for an operator how `serve` would judge the person, see {@link judgePerson}.
 * @throws {Refusal} when the user is refused; the explainer has recorded it
 */
export async function explainPerson(
  claims: VerifiedClaims,
  stores: PersonPorts,
  explainer: Explainer,
  signal: AbortSignal,
): Promise<void> {
  const texts: PersonTexts = (memberships) => ({ ...IDENTITY, ...membershipTexts(memberships) });
  await noteEndedSessions(claims, stores, explainer, signal);
  const { identity, ports } = await judgePerson(claims, stores, { explainer, texts }, signal);
  const { organizations, joinable } = await listOrganizations(identity, ports, signal);
  const belongs = organizations.map(
    ({ organization, role, ssoRequired }) =>
      `${organization.id} as ${role}${ssoRequired ? " (counts through its SSO only)" : ""}`,
  );
  const mayJoin = joinable.length === 0 ? "" : `; may join ${joinable.map(({ id }) => id).join(", ")}`;
  explainer.note("memberships", `after \`org.me\`: ${belongs.join(", ") || "none"}${mayJoin}`);
}

/** Which sessions of the subject have ended, by the names that logout tokens have for them: they must be those of `sid`. */
async function noteEndedSessions(
  { tenant, subject, sid }: VerifiedClaims,
  { links }: Pick<PersonPorts, "links">,
  explainer: Explainer,
  signal: AbortSignal,
): Promise<void> {
  const ended = [...(await links.listSessions({ tenant, subject }, signal))].sort((a, b) => b.at - a.at);
  if (ended.length === 0) return;
  const latest = ended.slice(0, MOST_SESSIONS).map((each) => `${shown(each.sid)} ${instantOf(each.at)}`);
  const more = ended.length > MOST_SESSIONS ? `, and ${ended.length - MOST_SESSIONS} before` : "";
  explainer.note("ended sessions", `${latest.join(", ")}${more}; the token's is ${shown(sid ?? undefined)}`);
}

const MOST_SESSIONS = 5;

const CHANGE_ADDRESS = {
  EMAIL_INVALID: "the identity provider sends an address that has no canonical form: fix it there",
  EMAIL_UNVERIFIED:
    "verify the address in Auth0 (User Management > the user > Verify email), then sign in again",
  DOMAIN_NOT_ALLOWED:
    "`org apply`: the organization that this connection is registered for must list this exact domain, which must belong to that customer",
  SSO_REQUIRED: "sign in through the organization's own connection, or set enforceSso to false",
} as const;

const IDENTITY: Texts<IdentityRules> = {
  person: ({ person, machine }) => ({
    saw:
      machine === null
        ? `a user token: ${person}`
        : `a machine token: ${machine}${person === null ? "" : `, although ${person}`}`,
    expected:
      "an access token of a user: a connection claim or a known strategy in sub, and nothing that says machine",
    fix: "a service's own token may ask what `service` above says; for all else call with the user's token, which a service forwards as X-User-Token",
  }),
  delegation: ({ actor: { clientId, userId } }) => ({
    saw: `${userId ?? "an actor without a stored link"} acts for the user through ${clientId ?? "an application that the token does not name"}: the token is answered, and decides nothing`,
    expected: "an actor that no operator has blocked",
    fix: "`identity unblock`",
  }),
  connection: ({ login, claims }) => ({
    saw: describeLogin(login),
    expected: "a connection that is registered for its organization, or a login that is not SSO",
    fix: fixOfConnection(login, claims),
  }),
  address: (facts) => ({ saw: describeAddress(facts), expected: "", fix: "" }),
  "first login": ({ trust, claims: { actor } }) => ({
    saw: "no link is stored for this subject",
    expected:
      actor === null
        ? "a trusted address, or a signed user id"
        : "a stored link: a delegated token makes no first login",
    fix:
      actor !== null
        ? "the user must sign in themselves once, before somebody acts for them"
        : trust.state === "refused"
          ? CHANGE_ADDRESS[trust.reason]
          : "the post-login Action must send the address",
  }),
  user: ({ userId, created, isSigned }) => ({
    saw: created
      ? "none in the directory yet: a login would create one"
      : `${userId}, ${isSigned ? "by the signed capitol_user_id" : "in the directory at this address"}`,
    expected: "",
    fix: "",
  }),
  blocked: ({ userId }) => ({
    saw: `blocks by operators, for ${userId === NEW_USER ? "the new user" : userId}`,
    expected: "a user that no operator has blocked",
    fix: "`identity unblock`",
  }),
  revocation: describeRevocation,
  speakers: ({ speakers, trust, isMerger }) => ({
    saw: [
      describeSpeakers(speakers),
      ...(trust.state === "trusted" && trust.proof.to === "organization"
        ? [`the address is proven to ${trust.proof.organizationId} only`]
        : []),
      ...(isMerger ? ["a relink window for a merger lets the user in"] : []),
    ].join("; "),
    expected:
      "a user that no other organization speaks for; if the address is proven to one organization only, a new user or one of its own",
    fix: "the right person: `identity allow <userId> <organization>`; a merger: `connection relink-window --from`; a group with one identity provider: trusts in the organizations file; who was erased, and is the same person: `identity relink`",
  }),
  seat: ({ found, subject, gaveWay }) => {
    const by = gaveWay ? ", who gives way" : "";
    return {
      saw:
        found.subject === subject
          ? `free, or its own, on ${found.connection}`
          : `held on ${found.connection} by ${shown(found.subject)}${by}`,
      expected: "no other subject of this connection for the same user",
      fix: "a re-created account: `identity relink`; a recycled mailbox: free the address in the directory; all subjects changed: `connection relink-window`",
    };
  },
  link: ({ link: { userId, linkedAt, connection, rule }, isNew }) => ({
    saw: isNew
      ? `would be stored now, through ${connection} by ${rule}`
      : `${userId}, linked ${linkedAt} through ${connection} by ${rule}`,
    expected: "no other signed user id, and a connection that still belongs to the same organization",
    fix: "a different signed user id: correct app_metadata.capitol_user_id; a moved connection: move it back, relink the user, or `connection relink-window --from`; a delegated token: the user must sign in themselves",
  }),
};

function membershipTexts(memberships: NewMemberships): Texts<MembershipRules> {
  return {
    organization: ({ identity, organization, membership }) => {
      const { userId, actor } = identity;
      const { auth0OrgId } = identity.claims;
      const user = userId === NEW_USER ? "<userId>" : userId;
      const expected = "not removed from the organization of the token";
      const fix = `\`member restore ${organization?.id} ${user}\``;
      if (organization === null) {
        const why = auth0OrgId === null ? "the login was not SSO" : `${auth0OrgId} is not registered`;
        return { saw: `none: ${why}`, expected, fix };
      }
      const state =
        membership === null
          ? `no membership, and ${actor === null ? "a login would not create one" : "a delegated token creates none"}`
          : memberships.isNew(membership)
            ? `would become ${membership.role} by ${membership.origin}`
            : `${membership.status}, ${membership.role}`;
      return { saw: `${organization.id}: ${state}, JIT ${organization.jit ? "on" : "off"}`, expected, fix };
    },
  };
}

const FIX_OF_BLOCK = {
  event: "unblock the user at the identity provider; who was deleted there signs in with a new account",
  operator: "`identity unblock <subject>`",
  nobody: "sign in again",
} as const;

/** Which of its facts a token was judged by, and the session that it names. */
function describeRevocation({ token, facts, session, signOut }: IdentityRules["revocation"]) {
  const said = BLOCKERS.flatMap((by) => {
    const last = facts?.sources[by] ?? null;
    return last === null ? [] : [`${last.isBlocked ? "blocked" : "not blocked"} by ${by} ${last.at}`];
  });
  const until = [
    ["not before", facts?.notBefore],
    ["logout from all sessions", facts?.logoutBefore],
    ["signed out everywhere", signOut?.notBefore],
    [
      token.sid === null ? "a session ended, and it names none" : "last end of a session",
      facts?.sidlessNotBefore,
    ],
    ["end of its session", session?.at],
  ].flatMap(([name, at]) => (typeof at === "number" ? [`${name} ${instantOf(at)}`] : []));
  const issued = `issued ${instantOf(token.issuedAt)}, ${token.sid === null ? "without sid" : `sid ${shown(token.sid)}`}`;
  return {
    saw:
      [issued, ...said, ...until].join("; ") + (said.length + until.length === 0 ? "; nothing ends it" : ""),
    expected: "a subject that is not blocked, and a token issued later than everything that ends it",
    fix: FIX_OF_BLOCK[blockerOf(facts) ?? "nobody"],
  };
}

function instantOf(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}

function fixOfConnection(login: Login, claims: VerifiedClaims): string {
  if (login.via === "unregistered" && login.state === "disabled")
    return "`connection set <organization> <name> --enabled on`, or an owner switches it on";
  if (login.via === "unregistered" && login.state === "removed")
    return "`org apply`: list it again, if it was in the file; if the organization had set it up itself, it sets up another one";
  return claims.connection === null
    ? "the token does not name a connection: deploy the post-login Action, see `docs/auth0.md`"
    : "`org apply`: list the connection under its organization; TRUST_MODE=report lets it through during a migration";
}

function describeAddress({ claims, login, trust, verifiers }: IdentityRules["address"]): string {
  if (login.via === "platform") return "of a legacy token: for display only";
  if ("absent" in claims.email) return claims.email.absent;
  const { canonical } = claims.email;
  const names = verifiers.map(({ id, enforceSso }) => (enforceSso ? `${id} (enforces SSO)` : id));
  const verdict = trust.state === "trusted" ? `trusted, rule ${trust.rule}` : "not trusted";
  const why = trust.state === "refused" ? ` (${trust.reason})` : "";
  return `${canonical}; ${domainOf(canonical)} is verified by ${names.join(", ") || "no organization"}: ${verdict}${why}`;
}

const OFF = {
  unknown: "not registered for an organization",
  disabled: "switched off",
  removed: "removed",
} as const;

function describeLogin(login: Login): string {
  switch (login.via) {
    case "sso":
      return `${login.connection.name} (${login.connection.strategy}), registered for ${login.connection.organizationId}`;
    case "other":
      return `${login.strategy}: not SSO`;
    case "unregistered":
      return `${login.connectionName || "unknown"}: ${OFF[login.state]}`;
    case "platform":
      return "a legacy platform token: its subject is the user's UUID";
  }
}
