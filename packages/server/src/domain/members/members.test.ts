import { beforeEach, describe, expect, it, vi } from "vitest";
import { includesRole, ROLES, type Role } from "../../wire/index.ts";
import { auditEntry } from "../audit.ts";
import { MAX_OWNERS } from "../membership/owners.ts";
import { type Administrator, operatorOf, type Standing } from "../membership/standing.ts";
import type { Membership } from "../membership.ts";
import { meanwhile } from "../testing/meanwhile.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { acmeAndGlobex, GUEST_EMAIL, membership, spoken } from "../testing/memory-ports.ts";
import {
  ACME,
  GLOBEX,
  INITECH,
  inside,
  JANE,
  JOE,
  organization,
  UNBOUNDED,
  userNumber,
} from "../testing/people.ts";
import { janeAs, oneself, operator, reasonOf } from "../testing/standings.ts";
import { leave, removeMember, restoreMember, setRole } from "./members.ts";

/** Another owner of Acme, so that none of the others is the last one. */
const ANN = userNumber(3);

let stores: MemoryAdministration;
beforeEach(() => {
  stores = new MemoryAdministration(acmeAndGlobex());
});

/** Stores members as they are; the list has those who are active owners. */
function given(...members: readonly Partial<Membership>[]): void {
  const stored = members.map((each) => membership({ rev: "1", ...each }));
  stores.memberships.put(...stored);
  const owners = stored.filter(({ role, status }) => role === "owner" && status === "active");
  listed(...owners.map(({ userId }) => userId));
}

function listed(...userIds: readonly Membership["userId"][]): void {
  stores.organizations.setOwners(ACME, ...userIds);
}

const ownersNow = () => stores.organizations.organizations.get(ACME)?.owners;
const storedNow = (userId = JOE) => stores.memberships.memberships.get(`${ACME} ${userId}`);

const roleOf = (by: Administrator, role: Role, expectedRole: Role | null = null) =>
  setRole(by, { userId: JOE, role, expectedRole }, stores, UNBOUNDED);

const VERBS = {
  "make member": { verb: (by: Administrator) => roleOf(by, "member"), of: "active" },
  "make admin": { verb: (by: Administrator) => roleOf(by, "admin"), of: "active" },
  "make owner": { verb: (by: Administrator) => roleOf(by, "owner"), of: "active" },
  remove: { verb: (by: Administrator) => removeMember(by, JOE, stores, UNBOUNDED), of: "active" },
  restore: { verb: (by: Administrator) => restoreMember(by, JOE, stores, UNBOUNDED), of: "removed" },
} as const;
type Verb = keyof typeof VERBS;
const EVERY_VERB = ["make member", "make admin", "make owner", "remove", "restore"] as const satisfies Verb[];

describe("the rank rule", () => {
  /** By the role that Joe has, in the order of {@link ROLES}: d for done, R for ROLE_REQUIRED. */
  it.each<[Verb, string]>([
    ["make member", "dRR"],
    ["make admin", "dRR"],
    ["make owner", "RRR"],
    ["remove", "dRR"],
    ["restore", "dRR"],
  ])("an admin may %s a member, an admin, an owner: %s", async (verb, answers) => {
    const by = await janeAs("admin");
    const done = [];
    for (const role of ROLES) {
      given({ userId: JOE, role, status: VERBS[verb].of }, { userId: ANN, role: "owner" });
      const reason = await reasonOf(VERBS[verb].verb(by));
      done.push({ done: "d", ROLE_REQUIRED: "R" }[String(reason)] ?? reason);
    }
    expect(done.join("")).toBe(answers);
  });

  it.each(EVERY_VERB)("refuses to %s a removed owner as an admin: they rank as they did", async (verb) => {
    given({ userId: JOE, role: "owner", status: "removed" });
    expect(await reasonOf(VERBS[verb].verb(await janeAs("admin")))).toBe("ROLE_REQUIRED");
    expect([storedNow()?.rev, stores.audited, stores.identities.spoken.size]).toEqual(["1", [], 0]);
  });

  it.each(EVERY_VERB)("answers NOT_FOUND to %s somebody who was never a member", async (verb) => {
    given({ userId: ANN, role: "owner" });
    stores.memberships.put(membership({ organizationId: GLOBEX, userId: JOE }));
    expect(await reasonOf(VERBS[verb].verb(await janeAs("owner")))).toBe("NOT_FOUND");
    expect(stores.audited).toEqual([]);
  });
});

/** What each verb makes of Joe, and what it records. */
const REMOVED = { role: "admin", status: "removed", removedBy: ANN } as const;
const CHANGES = [
  ["make member", { role: "owner" }, { role: "member" }, "role-changed"],
  ["make admin", { role: "member" }, { role: "admin" }, "role-changed"],
  ["make owner", { role: "admin" }, { role: "owner" }, "role-changed"],
  ["remove", { role: "owner" }, { role: "owner", status: "removed", removedBy: JANE }, "membership-removed"],
  ["restore", REMOVED, { ...REMOVED, status: "active", removedBy: null }, "membership-restored"],
] as const;

describe.each(CHANGES)("%s", (name, before, after, action) => {
  const { verb } = VERBS[name];
  /** Of role and status, what differs from the other one. */
  const unlike = (of: Membership, other: Membership) =>
    Object.fromEntries(
      (["role", "status"] as const).flatMap((field) =>
        of[field] === other[field] ? [] : [[field, of[field]]],
      ),
    );
  beforeEach(() => given({ userId: JOE, ...before }, { userId: ANN, role: "owner" }));

  it("stores the change under a new revision with its entry, and records the entry once", async () => {
    const [former, ann] = [storedNow(), storedNow(ANN)];
    const changed = await verb(await janeAs("owner"));
    expect(changed).toEqual({
      ...former,
      ...after,
      ceased: changed.ceased,
      rev: expect.any(String),
    });
    expect(changed.rev).not.toBe("1");
    expect([storedNow(), storedNow(ANN)]).toEqual([changed, ann]);
    expect(stores.identities.entries).toEqual([
      auditEntry({
        at: stores.time,
        actor: `user:${JANE}`,
        via: "console",
        action,
        organizationId: ACME,
        userId: JOE,
        before: unlike(membership(before), changed),
        after: unlike(changed, membership(before)),
      }),
    ]);
    expect(ownersNow()).toEqual(changed.role === "owner" && changed.status === "active" ? [ANN, JOE] : [ANN]);
  });

  it("keeps since when they are less than they were, and what they had ceased to be before", async () => {
    const had = membership(before);
    const earlier = Object.fromEntries(ROLES.map((each) => [each, "2026-01-01T00:00:00.000Z"]));
    stores.memberships.put({ ...had, ...storedNow(), ceased: earlier });
    const { ceased, role, status } = await verb(await janeAs("owner"));
    const lost = ROLES.filter(
      (each) =>
        had.status === "active" &&
        includesRole(had.role, each) &&
        !(status === "active" && includesRole(role, each)),
    );
    expect(ceased).toEqual({
      ...earlier,
      ...Object.fromEntries(lost.map((each) => [each, stores.time])),
    });
  });

  it("writes and records nothing where it holds already, for any administrator", async () => {
    const changed = await verb(await operator());
    const [entries, owners] = [[...stores.identities.entries], ownersNow()];
    const commit = vi.spyOn(stores.transactions, "commit");
    const read = vi.spyOn(stores.speakers, "find");
    for (const by of [await operator(), await janeAs("owner")]) expect(await verb(by)).toEqual(changed);
    expect([commit.mock.calls, stores.identities.entries, ownersNow()]).toEqual([[], entries, owners]);
    expect(read).not.toHaveBeenCalled();
  });

  it("stores nothing without an answer of the store, and all of it when it is repeated", async () => {
    const [present, owners] = [storedNow(), ownersNow()];
    stores.auditFails = true;
    expect(await reasonOf(verb(await operator()))).toBe("STORE_UNAVAILABLE");
    expect([storedNow(), ownersNow(), stores.audited]).toEqual([present, owners, []]);
    stores.auditFails = false;
    expect(await verb(await janeAs("owner"))).toMatchObject(after);
    expect(stores.audited).toEqual([`user:${JANE} ${action} acme`]);
  });

  it("writes beside the member only the owners where they change, and who speaks for who is restored", async () => {
    const commit = vi.spyOn(stores.transactions, "commit");
    const { role, status } = await verb(await operator());
    const items = commit.mock.calls.flatMap(([{ writes }]) => writes.map(({ item }) => item));
    const isChanged = (before.role === "owner") !== (role === "owner" && status === "active");
    const beside = [...(isChanged ? ["organization"] : []), ...(name === "restore" ? ["speakers"] : [])];
    expect(items).toEqual(["membership", ...beside]);
  });
});

it("holds without an entry where nobody has changed the member yet", async () => {
  given({ userId: JOE }, { userId: ANN, role: "owner" });
  expect(await roleOf(await operator(), "member")).toEqual(membership({ userId: JOE, rev: "1" }));
  expect(stores.audited).toEqual([]);
});

it("an operator acts in no unknown organization", async () => {
  await expect(operatorOf("operator:jo", INITECH, stores.organizations, UNBOUNDED)).rejects.toMatchObject({
    reason: "NOT_FOUND",
    kind: "organization",
    id: INITECH,
  });
});

describe("setRole", () => {
  it("is ROLE_REQUIRED for an admin who repeats a promotion to admin: rank counts before what holds", async () => {
    given({ userId: JOE }, { userId: ANN, role: "owner" });
    const admin = await janeAs("admin");
    expect(await reasonOf(roleOf(admin, "admin"))).toBe("done");
    expect(await reasonOf(roleOf(admin, "admin"))).toBe("ROLE_REQUIRED");
  });

  it.each([
    ["member", "admin", "member", "done"],
    ["member", "admin", null, "done"],
    ["member", "admin", "owner", "CONFLICT"],
    ["owner", "member", "admin", "CONFLICT"],
    ["admin", "owner", "member", "CONFLICT"],
    ["admin", "admin", "member", "done"],
  ] as const)("changes the %s to %s, where %s is expected: %s", async (present, role, expected, reason) => {
    given({ userId: JOE, role: present }, { userId: ANN, role: "owner" });
    expect(await reasonOf(roleOf(await operator(), role, expected))).toBe(reason);
    expect(storedNow()?.role).toBe(reason === "done" ? role : present);
  });

  it.each(ROLES)("is CONFLICT for somebody who was removed: %s", async (role) => {
    given({ userId: JOE, role, status: "removed" }, { userId: ANN, role: "owner" });
    for (const wanted of ROLES) expect(await reasonOf(roleOf(await operator(), wanted))).toBe("CONFLICT");
    expect([storedNow()?.rev, ownersNow()]).toEqual(["1", [ANN]]);
  });

  it.each([
    [MAX_OWNERS - 1, "done"],
    [MAX_OWNERS, "LIMIT_REACHED"],
  ])("makes another owner beside %i: %s", async (count, reason) => {
    const owners = Array.from({ length: count }, (_, n) => userNumber(n + 10));
    given({ userId: JOE }, ...owners.map((userId) => ({ userId, role: "owner" }) as const));
    expect(await reasonOf(roleOf(await operator(), "owner"))).toBe(reason);
    expect(storedNow()?.role).toBe(reason === "done" ? "owner" : "member");
    expect(ownersNow()).toEqual(reason === "done" ? [...owners, JOE] : owners);
  });
});

describe("the last owner", () => {
  const ENDS = {
    "make member": VERBS["make member"].verb,
    "make admin": VERBS["make admin"].verb,
    remove: VERBS.remove.verb,
    leave: (by: Administrator) => leave(by, oneself(JOE), stores, UNBOUNDED),
  } as const;
  it.each(Object.entries(ENDS))("stays: %s is LAST_OWNER", async (_, verb) => {
    given(
      { userId: JOE, role: "owner" },
      { userId: JANE },
      { userId: ANN, role: "owner", status: "removed" },
    );
    expect(await reasonOf(verb(await operator()))).toBe("LAST_OWNER");
    expect([storedNow()?.rev, ownersNow(), stores.audited]).toEqual(["1", [JOE], []]);
  });

  it("does not matter for members: they need no list", async () => {
    given({ userId: JOE });
    listed();
    expect(await reasonOf(removeMember(await operator(), JOE, stores, UNBOUNDED))).toBe("done");
  });
});

describe("restore", () => {
  const OUTSIDE = { email: GUEST_EMAIL };

  it.each([
    ["member", "member"],
    ["admin", "admin"],
    ["owner", "admin"],
  ] as const)("gives a removed %s the role of %s", async (role, restored) => {
    given({ userId: JOE, role, status: "removed" }, { userId: ANN, role: "owner" });
    expect(await restoreMember(await operator(), JOE, stores, UNBOUNDED)).toMatchObject({
      role: restored,
      status: "active",
    });
    expect(ownersNow()).toEqual([ANN]);
  });

  it("is CONFLICT for who left by themselves, and decides nothing about them", async () => {
    given({ userId: JOE, status: "removed", leftAt: stores.time });
    expect(await reasonOf(restoreMember(await operator(), JOE, stores, UNBOUNDED))).toBe("CONFLICT");
    expect([storedNow()?.rev, stores.audited, stores.identities.spoken.size]).toEqual(["1", [], 0]);
  });

  it("is CONFLICT for who was erased, and decides nothing about them", async () => {
    given({ userId: JOE, status: "removed", email: null, invitedFromOutside: true });
    await expect(restoreMember(await operator(), JOE, stores, UNBOUNDED)).rejects.toMatchObject({
      reason: "CONFLICT",
      hint: expect.stringContaining("their data was erased"),
    });
    expect([storedNow(JOE)?.rev, stores.audited]).toEqual(["1", []]);
  });

  it("is CONFLICT for who is being erased", async () => {
    given({ userId: JOE, status: "removed" });
    spoken(stores, { userId: JOE, erasedAt: stores.time });
    expect(await reasonOf(restoreMember(await operator(), JOE, stores, UNBOUNDED))).toBe("CONFLICT");
  });

  it.each([
    ["the organization's own SSO speaks for the user", ACME, {}, {}, "active"],
    ["another organization's SSO speaks for the user", GLOBEX, {}, {}, "removed"],
    ["a trusted organization's SSO speaks for the user", GLOBEX, { trusts: [GLOBEX] }, {}, "active"],
    ["the user was invited from outside", GLOBEX, {}, { ...OUTSIDE, invitedFromOutside: true }, "active"],
    ["another organization's SSO speaks for a user at a domain given up", GLOBEX, {}, OUTSIDE, "removed"],
    ["it speaks for one at a domain of its own since", GLOBEX, {}, { invitedFromOutside: true }, "removed"],
  ] as const)("leaves the membership as expected when %s", async (_, sso, settings, overrides, status) => {
    stores.organizations.put(organization(ACME, settings));
    spoken(stores, { userId: JOE, sso });
    given({ userId: JOE, status: "removed", ...overrides });
    const by = await operator(stores.organizations);
    const reason = await reasonOf(restoreMember(by, JOE, stores, UNBOUNDED));
    expect([reason, storedNow()?.status]).toEqual([
      status === "active" ? "done" : "IDENTITY_CONFLICT",
      status,
    ]);
  });

  it("stores that the organization may speak for the user", async () => {
    given({ userId: JOE, status: "removed" });
    await restoreMember(await operator(), JOE, stores, UNBOUNDED);
    expect((await stores.speakers.find(JOE, UNBOUNDED)).inside).toEqual(inside(ACME));
  });

  it("T8E: adds nobody inside at a domain that was given up", async () => {
    given({ userId: JOE, status: "removed", ...OUTSIDE });
    expect(await reasonOf(restoreMember(await operator(), JOE, stores, UNBOUNDED))).toBe("done");
    expect((await stores.speakers.find(JOE, UNBOUNDED)).inside).toEqual([]);
  });
});

describe("leave", () => {
  const left = (standing: Standing<"member">) => leave(standing, oneself(JANE), stores, UNBOUNDED);

  it.each(ROLES)("ends one's own membership as %s, once", async (role) => {
    given({ userId: JANE, role }, { userId: ANN, role: "owner" });
    const standing = await janeAs(role);
    await left(standing);
    const gone = storedNow(JANE);
    expect(gone).toMatchObject({ role, status: "removed", leftAt: stores.time });
    expect([ownersNow(), stores.audited]).toEqual([[ANN], [`user:${JANE} membership-left acme`]]);
    await left(standing);
    expect([storedNow(JANE), stores.audited.length]).toEqual([gone, 1]);
  });

  it("is told from a removal, and a removal afterwards does not change it", async () => {
    given({ userId: JANE }, { userId: JOE }, { userId: ANN, role: "owner" });
    await left(await janeAs("member"));
    await removeMember(await operator(), JANE, stores, UNBOUNDED);
    await removeMember(await operator(), JOE, stores, UNBOUNDED);
    expect([storedNow(JANE)?.leftAt, storedNow(JOE)?.leftAt]).toEqual([stores.time, null]);
  });

  it("is refused to who was removed meanwhile, since an administrator may restore them", async () => {
    given({ userId: JANE, status: "removed" }, { userId: ANN, role: "owner" });
    expect(await reasonOf(left(await janeAs("member")))).toBe("NOT_A_MEMBER");
    expect(storedNow(JANE)?.leftAt).toBeNull();
  });
});

it("is repeated on what somebody else has stored meanwhile", async () => {
  given({ userId: JOE }, { userId: ANN, role: "owner" });
  meanwhile(stores, () => stores.memberships.put(membership({ userId: JOE, role: "admin", rev: "2" })));
  expect(await roleOf(await operator(), "owner")).toMatchObject({ role: "owner" });
  expect(stores.identities.entries).toMatchObject([{ before: { role: "admin" }, after: { role: "owner" } }]);
});
