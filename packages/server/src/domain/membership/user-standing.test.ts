import { describe, expect, it } from "vitest";
import type { UserStanding } from "../../wire/index.ts";
import type { IdentityLink } from "../identity/identity-link.ts";
import type { Membership } from "../membership.ts";
import { declaredConnection, type Organization, type RegisteredConnection } from "../organization.ts";
import { loginIdOf } from "../subject-key.ts";
import { GUEST_EMAIL, membership, memoryPorts, NOW, OKTA } from "../testing/memory-ports.ts";
import {
  ACME,
  acmeAlone,
  ENDED,
  ENTRA,
  GLOBEX,
  JANE,
  JOE,
  link,
  organization,
  SETTINGS,
  subjectFacts,
  UNBOUNDED,
} from "../testing/people.ts";
import { Steps } from "../testing/steps.ts";
import { type BegunWork, standingOf, standingsOf } from "./user-standing.ts";

const SINCE = 1_000;
const LOGIN_ID = loginIdOf(link());
const WORK: BegunWork = {
  userId: JANE,
  organizationId: ACME,
  role: "member",
  since: SINCE,
  loginId: LOGIN_ID,
};
const ACTIVE: UserStanding = { standing: "active", role: "member" };

type Ground = Parameters<typeof standingOf>[1];
/** What differs from Jane's work in Acme, which she began through Acme's own connection. */
interface Case {
  readonly work?: Partial<BegunWork>;
  readonly membership?: Partial<Membership> | null;
  readonly organization?: Partial<Organization> | null;
  readonly user?: Partial<Ground["user"]>;
  /** Null: the work does not say. */
  readonly login?: { readonly link?: Partial<IdentityLink> | null; readonly facts?: object } | null;
  readonly connection?: Partial<RegisteredConnection> | null;
  /** Whether the organization has verified the domain of the member's address; another one has in any case. */
  readonly isInside?: boolean;
  readonly trustMode?: Ground["trustMode"];
}

function groundOf({ isInside = false, trustMode = "enforce", ...given }: Case): Ground {
  const { login = {} } = given;
  return {
    membership: given.membership === null ? null : membership(given.membership),
    organization: given.organization === null ? null : organization(ACME, given.organization),
    user: { isBlocked: false, signOut: null, ...given.user },
    login: login && {
      link: login.link === null ? null : link(login.link),
      facts: login.facts === undefined ? null : subjectFacts(login.facts),
    },
    connection: given.connection === null ? null : { ...declaredConnection(ENTRA), ...given.connection },
    verifiers: [GLOBEX, ...(isInside ? [ACME] : [])].map((id) => organization(id)),
    trustMode,
    now: SETTINGS.now,
  };
}

const ENFORCED = { organization: { enforceSso: true } } as const;
const GUEST = { ...ENFORCED, membership: { invitedFromOutside: true } } as const;
const NONE = { login: null, connection: null } as const;
const PASSWORD = {
  login: { link: { connection: "auth0", organizationId: null } },
  connection: null,
} as const;
const OFF = { connection: { state: "disabled" } } as const;
const LINKED_BEFORE = { login: { link: { organizationId: null } } } as const;
const signedOut = (notBefore: number) => ({ user: { signOut: { userId: JANE, notBefore, rev: "0" } } });
const blockedBy = (by: "event" | "operator") => ({
  login: { facts: { sources: { event: null, operator: null, [by]: { isBlocked: true, at: NOW } } } },
});

it.each<[string, Case, (UserStanding & { standing: "ended" })["reason"] | "active"]>([
  ["goes on for a member", {}, "active"],
  ["ends without a membership", { membership: null }, "NOT_A_MEMBER"],
  ["ends without the organization", { organization: null }, "NOT_A_MEMBER"],
  ["ends in a closed organization", { organization: ENDED }, "NOT_A_MEMBER"],
  ["ends by a login without a link", { login: { link: null } }, "NOT_A_MEMBER"],
  ["ends by the login of another user", { login: { link: { userId: JOE } } }, "NOT_A_MEMBER"],
  ["goes on without a login", NONE, "active"],
  ["ends for a removed member", { membership: { status: "removed" } }, "MEMBERSHIP_REMOVED"],
  ["ends for a weaker role", { work: { role: "admin" } }, "ROLE_REQUIRED"],
  ["goes on for the role itself", { work: { role: "member" } }, "active"],
  ["goes on for a stronger role", { work: { role: "admin" }, membership: { role: "owner" } }, "active"],
  ["ends for a blocked user", { user: { isBlocked: true } }, "IDENTITY_BLOCKED"],
  ["ends for a blocked user without a login", { ...NONE, user: { isBlocked: true } }, "IDENTITY_BLOCKED"],
  ["ends for a subject that an operator has blocked", blockedBy("operator"), "IDENTITY_BLOCKED"],
  ["ends for a subject that the identity provider has blocked", blockedBy("event"), "IDENTITY_BLOCKED"],
  ["ends by a sign-out everywhere in the same second", signedOut(SINCE), "TOKEN_REVOKED"],
  ["ends by a later sign-out everywhere", signedOut(SINCE + 1), "TOKEN_REVOKED"],
  ["goes on after a sign-out before it began", signedOut(SINCE - 1), "active"],
  ["ends by a sign-out everywhere without a login", { ...NONE, ...signedOut(SINCE) }, "TOKEN_REVOKED"],
  ["ends by a deletion in the same second", { login: { facts: { notBefore: SINCE } } }, "TOKEN_REVOKED"],
  ["goes on after a deletion before it began", { login: { facts: { notBefore: SINCE - 1 } } }, "active"],
  [
    "goes on after a logout, of one session or of all",
    { login: { facts: { logoutBefore: SINCE + 1, sidlessNotBefore: SINCE + 1 } } },
    "active",
  ],
  ["goes on by a login through another organization's SSO", { connection: OKTA, ...LINKED_BEFORE }, "active"],
  ["goes on by a password", PASSWORD, "active"],
  ["goes on where SSO is enforced, and it is its own", ENFORCED, "active"],
  ["ends where SSO is enforced, and it began by a password", { ...ENFORCED, ...PASSWORD }, "SSO_REQUIRED"],
  [
    "ends where SSO is enforced, and it began through another organization's",
    { ...ENFORCED, connection: OKTA, ...LINKED_BEFORE },
    "SSO_REQUIRED",
  ],
  ["ends where SSO is enforced, without a login", { ...ENFORCED, ...NONE }, "SSO_REQUIRED"],
  ["goes on for a guest where SSO is enforced", { ...GUEST, ...PASSWORD }, "active"],
  ["goes on for a guest where SSO is enforced, without a login", { ...GUEST, ...NONE }, "active"],
  ["ends for a guest who is inside by now", { ...GUEST, ...NONE, isInside: true }, "SSO_REQUIRED"],
  ["goes on for a guest who is inside by now, by its SSO", { ...GUEST, isInside: true }, "active"],
  ["ends through a connection that is switched off", OFF, "SSO_REQUIRED"],
  ["ends through a connection that was removed", { connection: { state: "removed" } }, "SSO_REQUIRED"],
  ["ends through a connection that is not stored any more", { connection: null }, "SSO_REQUIRED"],
  ["ends for a guest through a connection that is off", { ...GUEST, ...OFF }, "SSO_REQUIRED"],
  [
    "ends through a connection that is off, registered after the link",
    { ...OFF, ...LINKED_BEFORE },
    "SSO_REQUIRED",
  ],
  ["ends through a connection that has moved to another organization", { connection: OKTA }, "SSO_REQUIRED"],
  ["goes on through a connection that is off, in report mode", { ...OFF, trustMode: "report" }, "active"],
  [
    "goes on through one that is not stored any more, in report mode",
    { connection: null, trustMode: "report" },
    "active",
  ],
  [
    "ends through one that has moved, in report mode",
    { connection: OKTA, trustMode: "report" },
    "SSO_REQUIRED",
  ],
  [
    "ends through one that is off where SSO is enforced, in report mode",
    { ...ENFORCED, ...OFF, trustMode: "report" },
    "SSO_REQUIRED",
  ],
])("work %s", (_, { work = {}, ...given }, expected) => {
  const ground = groundOf(given);
  const role = ground.membership?.role;
  const standing =
    expected === "active" ? { standing: "active", role } : { standing: "ended", reason: expected };
  expect(standingOf({ ...WORK, ...work }, ground)).toEqual(standing);
});

it("decides in the order of the reasons, whatever else is so", () => {
  const all: [keyof Case, unknown][] = [
    ["organization", { enforceSso: true }],
    ["user", { isBlocked: true, ...signedOut(SINCE).user }],
    ["membership", { status: "removed" }],
  ];
  const removed = Object.fromEntries(all);
  const reasonOf = (given: Case, role: BegunWork["role"] = "admin") => {
    const standing = standingOf({ ...WORK, role }, groundOf({ ...OFF, ...given }));
    return standing.standing === "ended" ? standing.reason : standing;
  };
  const { membership: _, ...member } = removed;
  expect([
    reasonOf({ ...removed, login: { link: null } }),
    reasonOf(removed),
    reasonOf(member),
    reasonOf(member, "member"),
    reasonOf({ ...member, ...signedOut(SINCE) }, "member"),
    reasonOf({}, "member"),
  ]).toEqual([
    "NOT_A_MEMBER",
    "MEMBERSHIP_REMOVED",
    "ROLE_REQUIRED",
    "IDENTITY_BLOCKED",
    "TOKEN_REVOKED",
    "SSO_REQUIRED",
  ]);
});

describe("standings are read", () => {
  /** Acme with a guest, Jane by a password, and the steps of what is read. */
  async function world({ enforceSso = true, invitedFromOutside = true } = {}) {
    const ports = memoryPorts(acmeAlone().put(organization(ACME, { enforceSso })));
    const { identities, memberships, organizations } = ports;
    memberships.put(membership({ invitedFromOutside, email: GUEST_EMAIL }));
    memberships.put(membership({ userId: JOE }));
    await identities.create(link());
    await identities.create(
      link({ subject: "auth0|joe", userId: JOE, connection: "auth0", organizationId: null }),
    );
    const steps = new Steps();
    const observed = {
      ...ports,
      organizations: steps.of("organizations", organizations),
      memberships: steps.of("memberships", memberships),
      links: steps.of("links", identities),
    };
    return { steps, memberships, ask: (...works: BegunWork[]) => standingsOf(works, observed, UNBOUNDED) };
  }
  const NAMED = ["links.findLogin", "links.findUser", "memberships.find", "organizations.find"];
  const NO_LOGIN = NAMED.filter((read) => read !== "links.findLogin");
  const JOES = { ...WORK, userId: JOE, loginId: loginIdOf({ tenant: "default", subject: "auth0|joe" }) };

  it("in two rounds, and answered in their order", async () => {
    const { steps, ask } = await world();
    expect(await ask(WORK, JOES, WORK)).toEqual([
      ACTIVE,
      { standing: "ended", reason: "SSO_REQUIRED" },
      ACTIVE,
    ]);
    expect(steps.taken.map((step) => [...new Set(step)].sort())).toEqual([
      NAMED,
      ["organizations.findConnection", "organizations.listByDomain"],
    ]);
  });

  it.each<[string, Partial<BegunWork>]>([
    ["an organization that does not exist", { organizationId: GLOBEX }],
    ["a user who does not exist", { userId: JOE, loginId: LOGIN_ID }],
    ["a login of another user", { loginId: JOES.loginId }],
    ["a login that does not exist", { loginId: loginIdOf({ tenant: "test", subject: "waad|old" }) }],
  ])("alike for %s", async (_, work) => {
    const { steps, ask } = await world();
    expect(await ask({ ...WORK, ...work })).toEqual([{ standing: "ended", reason: "NOT_A_MEMBER" }]);
    expect(steps.taken.map((step) => step.sort())).toEqual([NAMED]);
  });

  it.each<[string, Partial<BegunWork>, Parameters<typeof world>[0], string[][]]>([
    ["without a login, no connection", { loginId: null }, {}, [NO_LOGIN, ["organizations.listByDomain"]]],
    [
      "without an organization, the user alone",
      { organizationId: null, loginId: null },
      {},
      [["links.findUser"]],
    ],
    [
      "where SSO is not enforced, no domain",
      {},
      { enforceSso: false },
      [NAMED, ["organizations.findConnection"]],
    ],
    [
      "of somebody who was not invited from outside, no domain",
      {},
      { invitedFromOutside: false },
      [NAMED, ["organizations.findConnection"]],
    ],
  ])("only as far as it decides: %s", async (_, work, options, taken) => {
    const { steps, ask } = await world(options);
    await ask({ ...WORK, ...work });
    expect(steps.taken.map((step) => step.sort())).toEqual(taken);
  });

  it("end for a guest who was erased", async () => {
    const { memberships, ask } = await world();
    memberships.put(membership({ invitedFromOutside: true, status: "removed", email: null }));
    expect(await ask({ ...WORK, loginId: null })).toEqual([
      { standing: "ended", reason: "MEMBERSHIP_REMOVED" },
    ]);
  });

  it("never for a time that is later than the server's", async () => {
    const { steps, ask } = await world();
    const now = Date.parse(NOW) / 1_000;
    const refused = { reason: "INPUT_INVALID", hint: expect.stringMatching(/^of\.1\.since/) };
    for (const since of [now + 31, Number.NaN])
      await expect(ask(WORK, { ...WORK, since })).rejects.toMatchObject(refused);
    await expect(ask({ ...WORK, since: now + 31 }, WORK)).rejects.toMatchObject({ reason: "INPUT_INVALID" });
    expect(steps.taken).toEqual([]);
    expect(await ask({ ...WORK, since: now + 30 })).toEqual([ACTIVE]);
    expect(await ask({ ...WORK, since: 0 })).toEqual([ACTIVE]);
  });
});
