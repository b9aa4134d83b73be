import { describe, expect, it } from "vitest";
import type { MemoryOrganizations } from "../../memory/organizations.ts";
import type { Role } from "../../wire/index.ts";
import type { Membership } from "../membership.ts";
import { type OrganizationId, parseOrganizationId } from "../organization.ts";
import {
  acmeAndGlobex,
  audited,
  BY_PASSWORD,
  consumers,
  createdMembership,
  invitation,
  type MemoryPorts,
  membership,
  memoryPorts,
  signedIn,
  UNVERIFIED,
  VIA_ACME,
  VIA_GLOBEX,
} from "../testing/memory-ports.ts";
import {
  ACME,
  acmeAlone,
  ENDED,
  GLOBEX,
  INITECH,
  JANE,
  JOE,
  organization,
  UNBOUNDED,
} from "../testing/people.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import { activeOrganization, checkRole, requireMembership } from "./access.ts";
import { join, listOrganizations } from "./belonging.ts";

type Claims = Partial<VerifiedClaims>;
const REMOVED = { reason: "MEMBERSHIP_REMOVED" };
const CLOSED = ENDED;
const GONE = { status: "removed" } as const;
const FOR_ACME: Claims = { ...BY_PASSWORD, auth0OrgId: "org_acme" };
const acme = (overrides: Parameters<typeof organization>[1] = {}) =>
  acmeAlone().put(organization(ACME, { auth0OrgId: "org_acme", ...overrides }));

const active = async (ports: MemoryPorts, login: Claims) =>
  activeOrganization(await signedIn(ports, login), ports, UNBOUNDED);
const check = async (ports: MemoryPorts, login: Claims, required: Role, organizationId = ACME) =>
  checkRole(await signedIn(ports, login), { organizationId, required }, ports, UNBOUNDED);
const belonging = async (ports: MemoryPorts, login: Claims) =>
  listOrganizations(await signedIn(ports, login), ports, UNBOUNDED);
const joined = async (ports: MemoryPorts, login: Claims, organizationId = ACME) =>
  join(await signedIn(ports, login), organizationId, ports, UNBOUNDED);

function member(
  organizations: MemoryOrganizations,
  ...memberships: readonly Partial<Membership>[]
): MemoryPorts {
  const ports = memoryPorts(organizations);
  ports.memberships.put(...memberships.map(membership));
  return ports;
}

describe("the organization of a token", () => {
  it.each<[string, Claims, MemoryPorts, OrganizationId | null, Role?]>([
    ["is the one it names", FOR_ACME, member(acme(), {}), ACME],
    ["is never the connection's if it names another", { auth0OrgId: "org_x" }, member(acme(), {}), null],
    ["is its connection's", VIA_ACME, member(acme(), {}), ACME],
    ["has the role of the membership", VIA_ACME, member(acme(), { role: "owner" }), ACME, "owner"],
    ["is its connection's after JIT", VIA_ACME, memoryPorts(acme()), ACME],
    ["is absent from a password login", BY_PASSWORD, member(acme(), {}), null],
    ["is null without a membership", FOR_ACME, memoryPorts(acme()), null],
    ["is null where it is closed, for an owner too", VIA_ACME, member(acme(CLOSED), { role: "owner" }), null],
    ["is null where it is closed, without JIT", VIA_ACME, memoryPorts(acme(CLOSED)), null],
    ["is null if the membership does not count", FOR_ACME, member(acme({ enforceSso: true }), {}), null],
  ])("%s", async (_, login, ports, expected, role = "member") => {
    expect(await active(ports, login)).toEqual(expected === null ? null : { id: expected, role });
    expect((await belonging(ports, login)).activeOrganizationId).toBe(expected);
  });

  it.each<[string, Claims]>([
    ["of org_id", FOR_ACME],
    ["of the connection", VIA_ACME],
  ])("T48: refuses a removed member of the organization %s, in every procedure", async (_, login) => {
    const ports = member(acmeAndGlobex({ auth0OrgId: "org_acme" }), { status: "removed" });
    ports.memberships.invite(invitation({ organizationId: GLOBEX }));
    await expect(active(ports, login)).rejects.toMatchObject(REMOVED);
    await expect(belonging(ports, login)).rejects.toMatchObject(REMOVED);
    await expect(joined(ports, login, GLOBEX)).rejects.toMatchObject(REMOVED);
    expect([consumers(ports), ports.memberships.memberships.size]).toEqual([[null], 1]);
  });

  it("T48: refuses a user who is removed while JIT runs", async () => {
    const ports = member(acme(), GONE);
    ports.memberships.listByUser = async () => [];
    await expect(belonging(ports, VIA_ACME)).rejects.toMatchObject(REMOVED);
    await expect(joined(ports, VIA_ACME)).rejects.toMatchObject(REMOVED);
  });
});

it("T48: a removal from another organization, while its invitation is accepted, does not refuse the request", async () => {
  const ports = member(acme().put(organization(GLOBEX)), {}, { organizationId: GLOBEX, status: "removed" });
  ports.memberships.invite(invitation({ organizationId: GLOBEX }));
  ports.memberships.listByUser = async () => [membership()];
  expect(await belonging(ports, FOR_ACME)).toMatchObject({ activeOrganizationId: ACME });
});

describe("a role", () => {
  const enforcing = () => acme({ enforceSso: true });
  it.each<[string, MemoryOrganizations, Partial<Membership> | null, Claims, Role | null]>([
    ["is that of the membership", acme(), { role: "admin" }, BY_PASSWORD, "admin"],
    ["is that of JIT", acme(), null, VIA_ACME, "member"],
    ["is null without a membership", acme(), null, BY_PASSWORD, null],
    ["T48: is null after a removal", acme(), { status: "removed" }, VIA_ACME, null],
    ["T4E: is null for a password login where SSO is enforced", enforcing(), {}, BY_PASSWORD, null],
    ["counts for an SSO login where SSO is enforced", enforcing(), {}, VIA_ACME, "member"],
    ["is null in a closed organization", acme(CLOSED), { role: "owner" }, VIA_ACME, null],
    ["is null in a closed organization with JIT", acme(CLOSED), null, VIA_ACME, null],
    ["is null if the organization no longer exists", acme(), { organizationId: INITECH }, BY_PASSWORD, null],
  ])("%s", async (_, organizations, stored, login, role) => {
    const ports = stored === null ? memoryPorts(organizations) : member(organizations, stored);
    const answer = await check(ports, login, "member", stored?.organizationId ?? ACME);
    expect(answer).toEqual({ allowed: role !== null, role });
  });

  it("is reported even if it is too low", async () => {
    const ports = member(acme(), { role: "admin" });
    expect(await check(ports, BY_PASSWORD, "admin")).toEqual({ allowed: true, role: "admin" });
    expect(await check(ports, BY_PASSWORD, "owner")).toEqual({ allowed: false, role: "admin" });
  });

  it.each<[string, Claims, string[]]>([
    ["a password", BY_PASSWORD, ["find ?", "findInvitation ?"]],
    ["another organization's SSO", VIA_GLOBEX, ["find ?"]],
    ["an unverified address", UNVERIFIED, ["find ?"]],
  ])(
    "T7D: asks the store the same questions about an organization that exists and one that does not: %s",
    async (_, login, asked) => {
      for (const id of [ACME, INITECH]) {
        const ports = memoryPorts(acmeAndGlobex());
        expect(await check(ports, login, "member", id)).toEqual({ allowed: false, role: null });
        expect(ports.organizations.asked).toEqual([]);
        expect(ports.memberships.asked).toEqual(asked.map((question) => question.replace("?", id)));
      }
    },
  );
});

describe("the organizations of a user", () => {
  /** A member of both. */
  const both = (settings: Parameters<typeof acmeAndGlobex>[0], stored: Partial<Membership> = {}) =>
    member(acmeAndGlobex(settings), stored, { organizationId: GLOBEX });
  const MARKED = ["acme member, by SSO", "globex member"];
  const listed = async (ports: MemoryPorts, login: Claims) => {
    const { organizations } = await belonging(ports, login);
    return organizations.map(
      ({ organization: { id }, role, ssoRequired }) => `${id} ${role}${ssoRequired ? ", by SSO" : ""}`,
    );
  };
  it.each<[string, MemoryPorts, Claims, string[]]>([
    ["is empty without a membership", memoryPorts(acme()), BY_PASSWORD, []],
    ["lists them by name", both({ name: "Zebra" }), BY_PASSWORD, ["globex member", "acme member"]],
    ["lists equal names by id", both({ name: "globex" }), BY_PASSWORD, ["acme member", "globex member"]],
    ["T48: omits a removed membership", both({}, { status: "removed" }), VIA_GLOBEX, ["globex member"]],
    ["omits one that is gone", member(acme(), { organizationId: INITECH }, {}), BY_PASSWORD, ["acme member"]],
    ["omits a closed organization", both(CLOSED, { role: "owner" }), VIA_ACME, ["globex member"]],
    ["omits another person's memberships", member(acme(), { userId: JOE }), BY_PASSWORD, []],
    ["marks memberships that require SSO", both({ enforceSso: true }), BY_PASSWORD, MARKED],
    ["includes what JIT adds", memoryPorts(acme()), VIA_ACME, ["acme member"]],
  ])("%s", async (_, ports, login, expected) => {
    expect(await listed(ports, login)).toEqual(expected);
  });

  it("T7C: lists memberships once, reads none twice, and reads a hundred organizations in one request", async () => {
    const organizations = acme();
    const ids = Array.from({ length: 100 }, (_, at) => parseOrganizationId(`team-${at}`) ?? ACME);
    for (const id of ids) organizations.put(organization(id));
    const ports = member(organizations, ...[...ids, ACME].map((organizationId) => ({ organizationId })));
    expect((await belonging(ports, VIA_ACME)).organizations).toHaveLength(101);
    expect(ports.memberships.asked).toEqual(["listByUser", "listInvitations"]);
    expect(organizations.asked).toEqual([
      "find acme",
      `findMany ${[...ids, ACME].join(" ")}`,
      "listByDomain acme.example",
    ]);
  });

  it.each<[string, Claims, string[]]>([
    ["without a trusted address", UNVERIFIED, ["listByUser"]],
    [
      "by an address proven only to another organization",
      VIA_GLOBEX,
      ["listByUser", "listInvitations", `find ${GLOBEX}`], // its own organization, once more before a no
    ],
  ])("reads nothing of the store for an invitation %s", async (_, login, asked) => {
    const ports = { ...memoryPorts(acmeAndGlobex({}, { jit: false })), stored: acmeAndGlobex() };
    ports.memberships.invite(invitation());
    expect(await listed(ports, login)).toEqual([]);
    expect([ports.memberships.asked, ports.stored.asked]).toEqual([asked, []]);
  });

  it("answers reads from the cache", async () => {
    const ports = { ...member(acme(), {}), stored: acmeAlone() };
    expect(await listed(ports, VIA_ACME)).toEqual(["acme member"]);
    expect(ports.stored.asked).toEqual([]);
  });
});

describe("a closed organization", () => {
  it("refuses nobody for having been removed: their token still tells who they are", async () => {
    const ports = member(acme(CLOSED), GONE);
    const identity = await signedIn(ports, VIA_ACME);
    expect(await activeOrganization(identity, ports, UNBOUNDED)).toBeNull();
  });

  const LOGINS: [string, Claims][] = [
    ["its own SSO", VIA_ACME],
    ["a password", BY_PASSWORD],
    ["a password for it", FOR_ACME],
  ];
  const CACHED = LOGINS.flatMap(([by, login]) => [
    [by, login, acme(CLOSED)] as const,
    [`${by} while a cache says that it is open`, login, acme()] as const,
  ]);
  it.each(CACHED)("admits nobody by %s, and keeps its invitations open", async (_, login, cached) => {
    const ports = memoryPorts(cached, { stored: acme(CLOSED) });
    ports.memberships.invite(invitation());
    expect(await belonging(ports, login)).toEqual({
      activeOrganizationId: null,
      organizations: [],
      joinable: [],
      removed: [],
      closed: [],
      invitations: [],
      past: [],
    });
    expect(await check(ports, login, "member")).toEqual({ allowed: false, role: null });
    await expect(joined(ports, login)).rejects.toMatchObject({ reason: "NOT_JOINABLE" });
    expect([consumers(ports), ports.memberships.memberships.size, audited(ports)]).toEqual([[null], 0, []]);
  });

  it("is not even read to be offered while a cache says that it is closed", async () => {
    const ports = memoryPorts(acme(CLOSED), { stored: acme() });
    expect([(await belonging(ports, BY_PASSWORD)).joinable, ports.stored.asked]).toEqual([[], []]);
  });

  it("still tells its users' UUIDs, and has its members again once it is open", async () => {
    const ports = member(acme(CLOSED), { role: "owner" });
    expect((await signedIn(ports, VIA_ACME)).userId).toBe(JANE);
    ports.organizations.put(organization(ACME, { auth0OrgId: "org_acme" }));
    expect(await active(ports, VIA_ACME)).toEqual({ id: ACME, role: "owner" });
  });
});

describe("a membership that a procedure requires", () => {
  const required = async (ports: MemoryPorts, login: Claims, id: OrganizationId | null = ACME) =>
    requireMembership(await signedIn(ports, login), id, ports, UNBOUNDED);
  const enforcing = { enforceSso: true };
  const CLOSED_TOO = { ...CLOSED, ...enforcing };
  const GONE_TOO = { ...GONE, organizationId: INITECH };
  const ELSEWHERE = { ...VIA_ACME, auth0OrgId: "org_x" };
  it.each<[string, MemoryPorts, Claims, OrganizationId, string]>([
    ["without one", memoryPorts(acme()), BY_PASSWORD, ACME, "NOT_A_MEMBER"],
    ["of an organization that does not exist", memoryPorts(acme()), BY_PASSWORD, INITECH, "NOT_A_MEMBER"],
    ["that was removed", member(acme(), GONE), BY_PASSWORD, ACME, "NOT_A_MEMBER"],
    ["removed at the token's", member(acme(), GONE), VIA_ACME, ACME, "MEMBERSHIP_REMOVED"],
    ["removed at that of org_id", member(acme(), GONE), FOR_ACME, ACME, "MEMBERSHIP_REMOVED"],
    ["removed beside org_id", member(acme(), GONE), ELSEWHERE, ACME, "NOT_A_MEMBER"],
    ["removed in a closed one", member(acme(CLOSED), GONE), VIA_ACME, ACME, "NOT_A_MEMBER"],
    ["in a closed one", member(acme(CLOSED), { role: "owner" }), VIA_ACME, ACME, "NOT_A_MEMBER"],
    ["in a closed one that enforced SSO", member(acme(CLOSED_TOO), {}), BY_PASSWORD, ACME, "NOT_A_MEMBER"],
    ["where SSO is enforced", member(acme(enforcing), { role: "owner" }), BY_PASSWORD, ACME, "SSO_REQUIRED"],
    ["in a deleted one", member(acme(), { organizationId: INITECH }), BY_PASSWORD, INITECH, "NOT_A_MEMBER"],
    ["removed in a deleted one", member(acme(), GONE_TOO), BY_PASSWORD, INITECH, "NOT_A_MEMBER"],
  ])("is refused %s", async (_, ports, login, id, reason) => {
    await expect(required(ports, login, id)).rejects.toMatchObject({ reason });
  });

  it("is not even looked for by a malformed id", async () => {
    const ports = memoryPorts(acme());
    await expect(required(ports, VIA_ACME, null)).rejects.toMatchObject({ reason: "NOT_A_MEMBER" });
    expect(ports.memberships.asked).toEqual([]);
  });

  it("is created by JIT first", async () => {
    const { organization: found, membership: made } = await required(memoryPorts(acme()), VIA_ACME);
    expect([found.id, made]).toEqual([ACME, createdMembership()]);
  });
});
