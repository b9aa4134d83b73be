import { beforeEach, expect, it } from "vitest";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { acmeAndGlobex, membership } from "../testing/memory-ports.ts";
import { ACME, JANE, JOE, UNBOUNDED, userNumber } from "../testing/people.ts";
import { ADMIN, OWNER } from "../testing/standings.ts";
import { changeMembers, type ManyMembers } from "./change-many.ts";

const [ANN, BEN, NOBODY] = [userNumber(3), userNumber(4), userNumber(9)];

let stores: MemoryAdministration;
beforeEach(() => {
  stores = new MemoryAdministration(acmeAndGlobex());
  stores.memberships.put(
    membership({ role: "owner" }),
    membership({ userId: JOE, role: "member" }),
    membership({ userId: ANN, role: "admin" }),
    membership({ userId: BEN, role: "member", status: "removed" }),
  );
  stores.organizations.setOwners(ACME, JANE);
});

const change = (
  by: typeof ADMIN,
  wanted: ManyMembers["change"],
  expected: ManyMembers["expected"] = new Map(),
) =>
  changeMembers(by, { userIds: [JOE, ANN, BEN, JOE, NOBODY], change: wanted, expected }, stores, UNBOUNDED);
const outcomes = async (...asked: Parameters<typeof change>) =>
  (await change(...asked)).map(({ outcome }) => outcome);
const batches = () => stores.identities.entries.map(({ batchId }) => batchId);

it.each<[ManyMembers["change"], by: typeof ADMIN, outcomes: readonly string[]]>([
  [{ role: "admin" }, OWNER, ["changed", "unchanged", "CONFLICT", "NOT_FOUND"]],
  [{ role: "owner" }, ADMIN, ["ROLE_REQUIRED", "ROLE_REQUIRED", "ROLE_REQUIRED", "NOT_FOUND"]],
  ["remove", ADMIN, ["changed", "ROLE_REQUIRED", "unchanged", "NOT_FOUND"]],
  ["restore", OWNER, ["unchanged", "unchanged", "changed", "NOT_FOUND"]],
])("changes each member once, by the rules of the verb for one: %j", async (wanted, by, expected) => {
  expect(await outcomes(by, wanted)).toEqual(expected);
});

it("answers each member as they are then, and why one was refused", async () => {
  const [joe, , ben] = await change(OWNER, { role: "admin" });
  expect(joe).toMatchObject({ userId: JOE, hint: null, member: { userId: JOE, role: "admin" } });
  expect(ben).toEqual({
    userId: BEN,
    outcome: "CONFLICT",
    hint: "the member was removed; restore them first",
    member: null,
  });
});

it("gives another role only to those who have the one that the caller has seen", async () => {
  const expected = new Map([
    [JOE, "admin"],
    [ANN, "admin"],
  ] as const);
  expect(await outcomes(OWNER, { role: "owner" }, expected)).toEqual([
    "CONFLICT",
    "changed",
    "CONFLICT",
    "NOT_FOUND",
  ]);
});

it("records entries that say that they belong together; that of a single member stands alone", async () => {
  await change(OWNER, { role: "owner" });
  const [first] = batches();
  expect(first).toMatch(/^[0-9a-f-]{36}$/);
  expect(batches()).toEqual([first, first]);
  await changeMembers(OWNER, { userIds: [JOE], change: "remove", expected: new Map() }, stores, UNBOUNDED);
  expect(batches()).toEqual([first, first, null]);
});
