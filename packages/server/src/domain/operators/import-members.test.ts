import { beforeEach, expect, it, vi } from "vitest";
import { MAX_OWNERS } from "../membership/owners.ts";
import type { Membership } from "../membership.ts";
import { Refusal } from "../refusal.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import {
  createdMembership,
  GUEST_EMAIL,
  invitation,
  membership,
  NOW,
  spoken,
} from "../testing/memory-ports.ts";
import {
  ACME,
  address,
  GLOBEX,
  INITECH,
  inside as insideOf,
  JANE,
  JANE_EMAIL,
  JOE,
  JOE_EMAIL,
  organization,
  UNBOUNDED,
  userNumber,
} from "../testing/people.ts";
import { applyImport, type DeclaredMember, ImportStopped, planImport } from "./import-members.ts";

const LINE: DeclaredMember = {
  index: 0,
  organizationId: ACME,
  userId: JANE,
  email: JANE_EMAIL,
  role: "admin",
};
const JOES: DeclaredMember = { ...LINE, index: 1, userId: JOE, email: JOE_EMAIL };

const UNKNOWN_EMAIL = address("unknown@acme.example");

let ports: MemoryAdministration;
/** The addresses that the directory was asked for. */
let lookedUp: string[];
beforeEach(() => {
  ports = new MemoryAdministration();
  lookedUp = [];
});

const REGISTERED = new Map<string, typeof JANE>([
  [JANE_EMAIL, JANE],
  [GUEST_EMAIL, JANE],
  [JOE_EMAIL, JOE],
]);
const registeredUsers = {
  find: async (email: string) => {
    lookedUp.push(email);
    return REGISTERED.get(email) ?? null;
  },
};

const plan = (...members: readonly DeclaredMember[]) =>
  planImport(members, { ...ports, registeredUsers }, UNBOUNDED);

async function importAll(...members: readonly DeclaredMember[]) {
  const { planned } = await plan(...members);
  return applyImport(planned, ports, UNBOUNDED);
}

const foreign = () => spoken(ports, { sso: GLOBEX });

async function stoppedBy(promise: Promise<unknown>): Promise<ImportStopped> {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  return error instanceof ImportStopped ? error : expect.fail(`another outcome: ${error}`);
}

it.each<[string, Partial<Membership> | null, object]>([
  ["no membership", null, { outcome: "new", storedRole: null }],
  ["it has this role", { role: "admin" }, { outcome: "unchanged", storedRole: "admin" }],
  ["it has another role", {}, { outcome: "role-differs", storedRole: "member" }],
  ["it was removed", { status: "removed" }, { outcome: "removed", storedRole: "member" }],
])("plans a membership, also where it was offered: %s", async (_, stored, expected) => {
  if (stored !== null) ports.memberships.put(membership(stored));
  const planned = { planned: [{ ...LINE, ...expected }], problems: [] };
  expect(await plan(LINE)).toEqual(planned);
  ports.memberships.invite(invitation({ role: "admin" }));
  expect(await plan(LINE)).toEqual(planned);
});

const invited = () => ports.memberships.invite(invitation());
it.each<[string, Partial<DeclaredMember>, object, (() => unknown)?]>([
  ["the organization does not exist", { organizationId: INITECH }, { kind: "unknown-organization" }],
  ["the directory does not know the address", { email: UNKNOWN_EMAIL }, { kind: "unknown-address" }],
  ["the directory has another user there", { userId: JOE }, { kind: "other-user", registered: JANE }],
  ["it is offered another role", {}, { kind: "invited-otherwise", invitedAs: "owner" }, invited],
  ["another organization's SSO speaks for the user", {}, { kind: "foreign" }, foreign],
  ["the user was erased", {}, { kind: "erased" }, () => spoken(ports, { erasedAt: NOW })],
])("reports a member that cannot be imported because %s", async (_, overrides, problem, prepare) => {
  prepare?.();
  const member = { ...LINE, ...overrides };
  expect(await plan(member)).toEqual({ planned: [], problems: [{ ...problem, member }] });
});

it("looks each address up once", async () => {
  await plan(LINE, JOES, { ...LINE, index: 2, organizationId: INITECH });
  expect(lookedUp).toEqual([JANE_EMAIL, JOE_EMAIL]);
});

it.each([
  ["inside the organization's domains, who then counts as inside", JANE_EMAIL, false, insideOf(ACME)],
  ["outside of them, whom enforced SSO exempts", GUEST_EMAIL, true, undefined],
])("creates and records the membership of a user %s", async (_, email, invitedFromOutside, inside) => {
  const line = { ...LINE, email };
  expect(await importAll(line)).toEqual([{ ...line, outcome: "new", storedRole: null }]);
  expect([...ports.memberships.memberships.values()]).toEqual([
    createdMembership({ email, role: "admin", origin: "import", invitedFromOutside }),
  ]);
  expect(ports.identities.spoken.get(JANE)?.inside).toEqual(inside);
  const entry = { at: NOW, actor: "operator:jo", action: "membership-created", rule: "import" };
  expect(ports.identities.entries).toMatchObject([{ ...entry, userId: JANE, organizationId: ACME }]);
});

it("records that the members of a list belong together; a single one stands alone", async () => {
  const batches = () => ports.identities.entries.map(({ batchId }) => batchId);
  await importAll(LINE);
  expect(batches()).toEqual([null]);
  ports = new MemoryAdministration();
  await importAll(LINE, JOES);
  const [first] = batches();
  expect(first).toMatch(/^[0-9a-f-]{36}$/);
  expect(batches()).toEqual([first, first]);
});

it("returns what a concurrent login has made of a member, and records nothing", async () => {
  const { planned } = await plan(LINE, JOES);
  ports.memberships.put(membership());
  spoken(ports, { userId: JOE, sso: GLOBEX });
  expect(await applyImport(planned, ports, UNBOUNDED)).toMatchObject([
    { index: 0, outcome: "role-differs", storedRole: "member" },
    { index: 1, outcome: "foreign" },
  ]);
  expect(ports.identities.entries).toEqual([]);
});

it("imports nobody who was erased meanwhile", async () => {
  const { planned } = await plan(LINE);
  spoken(ports, { erasedAt: NOW });
  expect(await applyImport(planned, ports, UNBOUNDED)).toMatchObject([{ outcome: "erased" }]);
  expect(ports.memberships.memberships.size).toBe(0);
});

it.each([
  ["at a domain of the organization", LINE],
  ["of somebody from outside", { ...LINE, email: GUEST_EMAIL }],
])("imports nobody who is erased while it is decided: %s", async (_, line) => {
  const { planned } = await plan(line);
  const { commit } = ports.transactions;
  vi.spyOn(ports.transactions, "commit").mockImplementationOnce((...changes) => {
    spoken(ports, { erasedAt: NOW, rev: "2" });
    return commit(...changes);
  });
  expect(await applyImport(planned, ports, UNBOUNDED)).toMatchObject([{ outcome: "erased" }]);
});

it("says as what an owner too many was imported", async () => {
  const owners = Array.from({ length: MAX_OWNERS }, (_, n) => userNumber(n + 100));
  ports.organizations.put(organization(ACME, { owners }));
  expect(await importAll({ ...JOES, role: "owner" })).toMatchObject([{ outcome: "new", role: "admin" }]);
});

it("lists an imported owner among the owners", async () => {
  await importAll({ ...JOES, role: "owner" });
  expect(ports.organizations.organizations.get(ACME)?.owners).toEqual([JOE]);
});

it("stops when a membership cannot be written, says how many were, and finishes when repeated", async () => {
  const outage = new Refusal("STORE_UNAVAILABLE", "membership: storing");
  const { commit } = ports.transactions;
  const failing = vi.spyOn(ports.transactions, "commit");
  failing.mockImplementation(async (changes, signal) => {
    if (changes.audit.some(({ userId }) => userId === JOE)) throw outage;
    return commit(changes, signal);
  });
  expect(await stoppedBy(importAll(LINE, JOES))).toMatchObject({ imported: 1, cause: outage });
  expect(ports.identities.entries).toHaveLength(1);
  expect(ports.memberships.memberships.size).toBe(1);
  failing.mockRestore();
  expect((await importAll(LINE, JOES)).map(({ outcome }) => outcome)).toEqual(["unchanged", "new"]);
});
