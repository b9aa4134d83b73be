import { beforeEach, expect, it, vi } from "vitest";
import type { Invitation } from "../membership/memberships.ts";
import type { Organization } from "../organization.ts";
import { meanwhile } from "../testing/meanwhile.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { invitation, membership } from "../testing/memory-ports.ts";
import { ENDED, INITECH, JANE_EMAIL, JOE_EMAIL, organization, UNBOUNDED } from "../testing/people.ts";
import { reasonOf } from "../testing/standings.ts";
import { createOrganization } from "./create-organization.ts";

const NAME = "Initech";
const CREATED = "operator:jo organization-created initech";
const SENT = "operator:jo invitation-sent initech";

let stores: MemoryAdministration;
beforeEach(() => {
  stores = new MemoryAdministration();
});

const create = (owner = JANE_EMAIL, name = NAME) =>
  createOrganization(stores.actor, { id: INITECH, name, owner }, stores, UNBOUNDED);
const given = (settings: Partial<Organization> = {}) =>
  stores.organizations.put(organization(INITECH, { name: NAME, rev: "1", ...settings }));
const invited = (email = JANE_EMAIL) => stores.memberships.findInvitation(INITECH, email);

it("creates the organization with the usual settings, invites the owner, and records both", async () => {
  const { organization: created, owner } = await create();
  const settings = { name: NAME, jit: true, defaultRole: "member", enforceSso: false };
  expect(created).toMatchObject({ ...settings, id: INITECH, auth0OrgId: null, state: "open", locked: [] });
  expect(stores.organizations.organizations.get(INITECH)).toEqual(created);
  expect(owner).toEqual({ email: JANE_EMAIL, outcome: "invited" });
  expect(await invited()).toMatchObject({
    role: "owner",
    invitedBy: null,
    fromOutside: true,
    consumedBy: null,
  });
  expect(stores.audited).toEqual([CREATED, SENT]);
  expect(stores.identities.entries[0]).toMatchObject({ before: null, after: settings });
});

it("changes nothing when it is repeated", async () => {
  const { organization: created } = await create();
  const first = await invited();
  stores.time = "2026-11-26T00:00:00.000Z";
  expect(await create()).toEqual({
    organization: created,
    owner: { email: JANE_EMAIL, outcome: "invited" },
  });
  expect([await invited(), stores.audited]).toEqual([first, [CREATED, SENT]]);
});

it.each<[string, Partial<Organization>, string]>([
  ["with the same name", {}, "done"],
  ["with the same name and other settings", { jit: false, locked: ["name"] }, "done"],
  ["with another name", { name: "Initrode" }, "CONFLICT"],
  ["that is closed", ENDED, "CONFLICT"],
])("finds an organization %s: %o, %s", async (_, settings, reason) => {
  given(settings);
  const before = stores.organizations.organizations.get(INITECH);
  expect(await reasonOf(create())).toBe(reason);
  expect(stores.organizations.organizations.get(INITECH)).toEqual(before);
  expect(stores.audited).toEqual(reason === "done" ? [SENT] : []);
});

const OPEN = { organizationId: INITECH, rev: "1", expiresAt: "2026-12-01T00:00:00.000Z" } as const;

it.each<[string, Partial<Invitation>, boolean]>([
  ["by an operator as owner", {}, false],
  ["as a lesser role", { role: "admin" }, true],
  ["until yesterday", { expiresAt: "2026-11-24T00:00:00.000Z" }, true],
  ["before it was revoked", { ended: "revoked" }, true],
  ["by a member, whose invitation ends with their role", { invitedBy: membership().userId }, true],
])(
  "leaves an owner who was invited %s, unless that cannot make them owner: %o, invited again: %s",
  async (_, other, isAgain) => {
    given();
    stores.memberships.invite(invitation({ ...OPEN, ...other }));
    await create();
    expect((await invited())?.rev === "1").toBe(!isAgain);
    expect(await invited()).toMatchObject(isAgain ? { role: "owner", invitedBy: null, ended: null } : OPEN);
  },
);

it.each([
  ["active", "already-member"],
  ["removed", "removed"],
] as const)("does not invite an owner who is %s there", async (status, outcome) => {
  given();
  stores.memberships.put(membership({ organizationId: INITECH, status }));
  expect((await create()).owner).toEqual({ email: JANE_EMAIL, outcome });
  expect(await invited()).toBeNull();
});

it("creates nothing where its entry cannot be written", async () => {
  stores.auditFails = true;
  expect(await reasonOf(create())).toBe("STORE_UNAVAILABLE");
  expect([stores.organizations.organizations.has(INITECH), stores.audited]).toEqual([false, []]);
});

it("finishes the work of a call that was interrupted between its steps", async () => {
  vi.spyOn(stores.organizations, "find")
    .mockImplementationOnce(async () => null)
    .mockRejectedValueOnce(new Error("crashed"));
  await expect(create()).rejects.toThrow("crashed");
  expect([await invited(), stores.audited]).toEqual([null, [CREATED]]);
  await create();
  expect(stores.audited).toEqual([CREATED, SENT]);
});

it.each([
  [NAME, "done"],
  ["Initrode", "CONFLICT"],
])(
  "compares again with an organization %s that somebody else creates meanwhile: %s",
  async (name, reason) => {
    meanwhile(stores, () => given({ name }));
    expect(await reasonOf(create(JOE_EMAIL))).toBe(reason);
    expect(stores.organizations.organizations.get(INITECH)).toMatchObject({ name, rev: "1" });
  },
);
