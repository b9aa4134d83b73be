import { beforeEach, describe, expect, it } from "vitest";
import { AuditIncomplete } from "../audit.ts";
import { noSpeakers } from "../identity/speakers.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { acmeAndGlobex, membership } from "../testing/memory-ports.ts";
import { ACME, GLOBEX, INITECH, JANE, JOE, organization, UNBOUNDED } from "../testing/people.ts";
import { listMembers, removeMember, restoreMember } from "./members.ts";

const KEY = { organizationId: ACME, userId: JANE };

let stores: MemoryAdministration;
beforeEach(() => {
  stores = new MemoryAdministration(acmeAndGlobex());
});

const VERBS = [
  ["remove", removeMember, "active", "removed"],
  ["restore", restoreMember, "removed", "active"],
] as const;

describe.each(VERBS)("%s", (name, verb, before, after) => {
  it(`makes the membership ${after} and writes one audit entry`, async () => {
    stores.memberships.put(membership({ status: before }), membership({ userId: JOE, status: before }));
    expect(await verb(KEY, stores, UNBOUNDED)).toEqual({
      membership: membership({ status: after }),
      changed: true,
    });
    expect((await stores.memberships.find(ACME, JOE))?.status).toBe(before);
    expect(stores.identities.entries).toMatchObject([
      {
        at: stores.time,
        actor: "operator:jo",
        action: `membership-${name}d`,
        userId: JANE,
        organizationId: ACME,
      },
    ]);
  });

  it(`changes and records nothing when the membership is ${after} already`, async () => {
    stores.memberships.put(membership({ status: after }));
    expect(await verb(KEY, stores, UNBOUNDED)).toMatchObject({ changed: false });
    expect(stores.audited).toEqual([]);
  });

  it("refuses a user who was never a member with NOT_A_MEMBER", async () => {
    await expect(verb(KEY, stores, UNBOUNDED)).rejects.toMatchObject({ reason: "NOT_A_MEMBER" });
  });

  it("refuses an unknown organization with NOT_FOUND and changes nothing", async () => {
    const stranger = membership({ organizationId: INITECH, status: before });
    stores.memberships.put(stranger);
    const changed = verb({ ...KEY, organizationId: INITECH }, stores, UNBOUNDED);
    await expect(changed).rejects.toMatchObject({ reason: "NOT_FOUND", kind: "organization", id: INITECH });
    expect(await stores.memberships.find(INITECH, JANE)).toEqual(stranger);
  });

  it("reports the missing audit entry of a change that was made", async () => {
    stores.memberships.put(membership({ status: before }));
    stores.auditFails = true;
    await expect(verb(KEY, stores, UNBOUNDED)).rejects.toThrow(AuditIncomplete);
    expect((await stores.memberships.find(ACME, JANE))?.status).toBe(after);
  });
});

it("remove records a membership that a concurrent login created", async () => {
  stores.membershipRegistry.remove = async () => membership({ status: "removed" });
  expect(await removeMember(KEY, stores, UNBOUNDED)).toMatchObject({ changed: true });
  expect(stores.audited).toEqual(["operator:jo membership-removed acme"]);
});

describe("restore", () => {
  it.each([
    ["no organization speaks for the user yet", null, {}, {}, "active"],
    ["the organization's own SSO speaks for the user", ACME, {}, {}, "active"],
    ["another organization's SSO speaks for the user", GLOBEX, {}, {}, "removed"],
    ["a trusted organization's SSO speaks for the user", GLOBEX, { trusts: [GLOBEX] }, {}, "active"],
    ["the user was invited from outside", GLOBEX, {}, { invitedFromOutside: true }, "active"],
  ] as const)("when %s, leaves the membership as expected", async (_, sso, settings, overrides, status) => {
    stores.organizations.put(organization(ACME, settings));
    stores.identities.spoken.set(JANE, { ...noSpeakers(JANE), sso });
    stores.memberships.put(membership({ status: "removed", ...overrides }));
    const restored = restoreMember(KEY, stores, UNBOUNDED);
    if (status === "active") await restored;
    else await expect(restored).rejects.toMatchObject({ reason: "IDENTITY_CONFLICT" });
    expect((await stores.memberships.find(ACME, JANE))?.status).toBe(status);
  });

  it("stores that the organization may speak for the user before it restores the membership", async () => {
    stores.memberships.put(membership({ status: "removed" }));
    stores.membershipRegistry.restore = async () => {
      throw new Error("crashed");
    };
    await expect(restoreMember(KEY, stores, UNBOUNDED)).rejects.toThrow("crashed");
    expect((await stores.speakers.find(JANE, UNBOUNDED)).inside).toEqual([ACME]);
  });
});

it("lists the members of one organization, removed ones included", async () => {
  const members = [membership(), membership({ userId: JOE, status: "removed" })];
  stores.memberships.put(...members, membership({ organizationId: GLOBEX }));
  expect(await listMembers(ACME, stores, UNBOUNDED)).toEqual(members);
  await expect(listMembers(INITECH, stores, UNBOUNDED)).rejects.toMatchObject({
    reason: "NOT_FOUND",
    kind: "organization",
  });
});
