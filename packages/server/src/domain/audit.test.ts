import { expect, it } from "vitest";
import {
  type AuditEntry,
  AuditIncomplete,
  type OperatorAction,
  orderedFields,
  recordActions,
} from "./audit.ts";
import { ACME, JANE, JOE, UNBOUNDED } from "./testing/people.ts";

const ACTIONS: readonly OperatorAction[] = [JANE, JOE].map((userId) => ({
  ...{ at: "2026-11-25T00:00:00.000Z", action: "membership-removed", userId, organizationId: ACME },
}));

/** An audit that refuses the entries of some users. */
function audit(refused: readonly unknown[] = []) {
  const entries: AuditEntry[] = [];
  const append = async (entry: AuditEntry) => {
    if (refused.includes(entry.userId)) throw new Error(`refused ${refused.indexOf(entry.userId)}`);
    entries.push(entry);
  };
  return { entries, append };
}

it("appends an entry of the actor for each action", async () => {
  const { entries, append } = audit();
  await recordActions(ACTIONS, { audit: { append }, actor: "operator:jo" }, UNBOUNDED);
  expect(entries).toMatchObject(ACTIONS.map((action) => ({ ...action, actor: "operator:jo", rule: null })));
});

it.each([
  ["the first entry", [JANE], [JOE]],
  ["the last entry", [JOE], [JANE]],
  ["every entry", [JANE, JOE], []],
])("tries all entries and reports the missing ones when %s fails", async (_, refused, written) => {
  const { entries, append } = audit(refused);
  const recorded = recordActions(ACTIONS, { audit: { append }, actor: "operator:jo" }, UNBOUNDED);
  const error = await recorded.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(AuditIncomplete);
  expect(error).toMatchObject({
    name: "AuditIncomplete",
    missing: refused.map((userId) => ({ userId, actor: "operator:jo", action: "membership-removed" })),
    cause: new Error("refused 0"),
  });
  expect(entries.map(({ userId }) => userId)).toEqual(written);
});

it("orders fields alike whatever their order was, also within objects", () => {
  const one = orderedFields({
    at: "a",
    before: { role: "member", name: null },
    after: { name: 1, role: true },
  });
  const other = orderedFields({
    after: { role: true, name: 1 },
    at: "a",
    before: { name: null, role: "member" },
  });
  expect(JSON.stringify(other)).toBe(JSON.stringify(one));
  expect(JSON.stringify(orderedFields({ at: "a", before: { role: "owner" } }))).not.toBe(JSON.stringify(one));
});
