import type { CljClient } from "@platform-api/clj-client";
import {
  activeOrganization,
  belongingOf,
  createIdentityResolver,
  domainOf,
  type IdentityRegistry,
  type IdentityRules,
  type Login,
  type MembershipPorts,
  type MembershipRules,
  type RelinkWindows,
  type Trace,
  type VerifiedClaims,
} from "@platform-api/server/domain";
import { describeSpeakers } from "../commands/identity-allow.ts";
import {
  type DryMemberships,
  dryDirectory,
  dryLinks,
  dryMemberships,
  dryPorts,
  NEW_USER,
} from "./dry-run.ts";
import { type Explainer, type Rule, shown } from "./explanation.ts";

export interface PersonPorts extends Omit<MembershipPorts, "audit" | "storedLinks"> {
  readonly links: IdentityRegistry;
  readonly windows: RelinkWindows;
  readonly directory: Pick<CljClient, "findByEmail">;
}

interface PersonRules extends IdentityRules, MembershipRules {}

type Texts<Rules> = { readonly [Name in keyof Rules]: (facts: Rules[Name]) => Rule };

/**
 * The very rules that `serve` asks of a person, without its writes: no user is created, no seat taken, no link and no
 * membership stored.
 * @throws {Refusal} where the person is refused; the explainer has noted it then
 */
export async function explainPerson(
  claims: VerifiedClaims,
  { links, windows, directory, memberships, ...stored }: PersonPorts,
  explainer: Explainer,
  signal: AbortSignal,
): Promise<void> {
  const dry = dryLinks(links);
  const ports = { ...dryPorts(stored), storedLinks: dry, memberships: dryMemberships(memberships) };
  const texts: Texts<PersonRules> = { ...IDENTITY, ...membershipTexts(ports.memberships) };
  const trace: Trace<PersonRules> = {
    rule: (name, facts, check) => explainer.rule(name, texts[name](facts), check),
  };
  const resolve = createIdentityResolver({
    ...ports,
    windows,
    links: dry,
    directory: dryDirectory(directory),
    wouldRefuse: ({ reason }) =>
      explainer.warn(`let through by TRUST_MODE=report; enforce would answer ${reason}`),
  });
  const identity = await resolve(claims, signal, trace);
  await activeOrganization(identity, ports, signal, trace);
  const { organizations, joinable } = await belongingOf(identity, ports, signal);
  const belongs = organizations.map(
    ({ organization, role, ssoRequired }) =>
      `${organization.id} as ${role}${ssoRequired ? " (counts through its SSO only)" : ""}`,
  );
  const mayJoin = joinable.length === 0 ? "" : `; may join ${joinable.map(({ id }) => id).join(", ")}`;
  explainer.note("memberships", `after \`org.me\`: ${belongs.join(", ") || "none"}${mayJoin}`);
}

const CHANGE_ADDRESS = {
  EMAIL_INVALID: "the identity provider sends an address that has no canonical form: correct it there",
  EMAIL_UNVERIFIED:
    "verify the address in Auth0 (User Management > the user > Verify email), then sign in again",
  DOMAIN_NOT_ALLOWED:
    "`org apply`: the organization that this connection is registered for must list the domain, exactly, and may only if the domain is that customer's own",
  SSO_REQUIRED: "sign in through the organization's own connection, or set enforceSso to false",
} as const;

const IDENTITY: Texts<IdentityRules> = {
  person: ({ claims }) => ({
    saw: claims.isMachine ? "a machine's token (client credentials)" : "a person's token",
    expected: "an access token of a user",
    mend: "call with the user's token; a service forwards it as X-User-Token",
  }),
  connection: ({ login, claims }) => ({
    saw: describeLogin(login),
    expected: "a connection that is registered for its organization, or a login that is no SSO",
    mend:
      claims.connection === null
        ? "the token names no connection: deploy the post-login Action, see `docs/auth0.md`"
        : "`org apply`: list the connection under its organization; TRUST_MODE=report lets it through while you move over",
  }),
  address: (facts) => ({ saw: describeAddress(facts), expected: "", mend: "" }),
  "first login": ({ trust }) => ({
    saw: "no link is stored for this subject",
    expected: "a trusted address, or a signed user id",
    mend:
      trust.state === "refused"
        ? CHANGE_ADDRESS[trust.reason]
        : "the post-login Action must send the address",
  }),
  user: ({ userId, created, isSigned }) => ({
    saw: created
      ? "none in the directory yet: a login would create one"
      : `${userId}, ${isSigned ? "by the signed capitol_user_id" : "in the directory at this address"}`,
    expected: "",
    mend: "",
  }),
  blocked: ({ userId }) => ({
    saw: `whether an operator has blocked ${userId === NEW_USER ? "the new user" : userId}`,
    expected: "a user whom no operator has blocked",
    mend: "`identity unblock`",
  }),
  speakers: ({ speakers, trust, isMerger }) => ({
    saw: [
      describeSpeakers(speakers),
      ...(trust.state === "trusted" && trust.proof.to === "organization"
        ? [`the address is proven to ${trust.proof.organizationId} alone`]
        : []),
      ...(isMerger ? ["a relink window takes the person along"] : []),
    ].join("; "),
    expected:
      "a person whom no other organization speaks for; where the address is proven to one organization alone, a new one or its own",
    mend: "it is the right person: `identity allow <userId> <organization>`; a merger: `connection relink-window --from`; a group with one identity provider: trusts in the organizations file",
  }),
  seat: ({ found, subject, gaveWay }) => {
    const by = gaveWay ? ", who gives way" : "";
    return {
      saw:
        found.subject === subject
          ? `free, or its own, on ${found.connection}`
          : `held on ${found.connection} by ${shown(found.subject)}${by}`,
      expected: "no other subject of this connection at the same user",
      mend: "a re-created account: `identity relink`; a recycled mailbox: free the address in the directory; all subjects changed: `connection relink-window`",
    };
  },
  link: ({ link: { userId, linkedAt, connection, rule }, isNew }) => ({
    saw: isNew
      ? `would be stored now, through ${connection} by ${rule}`
      : `${userId}, linked ${linkedAt} through ${connection} by ${rule}`,
    expected: "no other signed user id, and a connection that belongs to the same organization as then",
    mend: "a signed user id that differs: correct app_metadata.capitol_user_id; a moved connection: move it back, relink the person, or `connection relink-window --from`",
  }),
};

function membershipTexts(memberships: DryMemberships): Texts<MembershipRules> {
  return {
    organization: ({ identity: { auth0OrgId, userId }, organization, membership }) => {
      const user = userId === NEW_USER ? "<userId>" : userId;
      const expected = "not removed from the organization of the token";
      const mend = `\`member restore ${organization?.id} ${user}\``;
      if (organization === null) {
        const why = auth0OrgId === null ? "the login was no SSO" : `nobody registered ${auth0OrgId}`;
        return { saw: `none: ${why}`, expected, mend };
      }
      const state =
        membership === null
          ? "no membership, and none would be made"
          : memberships.isNew(membership)
            ? `would become ${membership.role} by ${membership.origin}`
            : `${membership.status}, ${membership.role}`;
      return { saw: `${organization.id}: ${state}, JIT ${organization.jit ? "on" : "off"}`, expected, mend };
    },
  };
}

function describeAddress({ claims, login, trust, verifiers }: IdentityRules["address"]): string {
  if (login.via === "platform") return "of a legacy token: for display only";
  if ("absent" in claims.email) return claims.email.absent;
  const { canonical } = claims.email;
  const names = verifiers.map(({ id, enforceSso }) => (enforceSso ? `${id} (enforces SSO)` : id));
  const verdict = trust.state === "trusted" ? `trusted, rule ${trust.rule}` : "not trusted";
  const why = trust.state === "refused" ? ` (${trust.reason})` : "";
  return `${canonical}; ${domainOf(canonical)} is verified by ${names.join(", ") || "nobody"}: ${verdict}${why}`;
}

function describeLogin(login: Login): string {
  switch (login.via) {
    case "sso":
      return `${login.connection.name} (${login.connection.strategy}), registered for ${login.connection.organizationId}`;
    case "other":
      return `${login.strategy}: no SSO`;
    case "unregistered":
      return `${login.connectionName || "unknown"}: registered for no organization`;
    case "platform":
      return "a legacy platform token: its subject is the user's UUID";
  }
}
