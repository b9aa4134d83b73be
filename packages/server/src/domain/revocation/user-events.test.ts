import { beforeEach, expect, it } from "vitest";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { UNBOUNDED } from "../testing/people.ts";
import { signSubjectOut } from "./record.ts";
import { applyUserEvent, type UserEvent } from "./user-events.ts";

const JANE = { tenant: "default", subject: "waad|jane" };
/** The user as the identity provider would answer: null where it is deleted. */
type User = { readonly isBlocked: boolean } | null;
const ACTIVE: User = { isBlocked: false };
const BLOCKED: User = { isBlocked: true };

let stores: MemoryAdministration;
let asked: number;
beforeEach(() => {
  stores = new MemoryAdministration();
  stores.identities.storeNow = () => at(99);
  asked = 0;
});

function at(second: number): Date {
  return new Date(Date.UTC(2026, 10, 30, 12, 0, second));
}

type Step = readonly [type: UserEvent["type"], second: number, isBlocked?: boolean];

async function apply([type, second, isBlocked = false]: Step, user: User, isLate = false) {
  const findUser = async () => {
    asked += 1;
    return user;
  };
  const event = { type, subject: JANE.subject, at: at(second), isBlocked };
  const ports = { ...stores, users: { findUser } };
  return applyUserEvent(event, { tenant: JANE.tenant, isLate }, ports, UNBOUNDED);
}

async function outcome() {
  const facts = await stores.identities.findFacts(JANE);
  const { event, operator } = facts?.sources ?? { event: null, operator: null };
  const seconds = facts?.notBefore === undefined || facts.notBefore === null ? null : facts.notBefore % 60;
  return {
    isBlocked: (event?.isBlocked ?? false) || (operator?.isBlocked ?? false),
    notBefore: seconds,
    asked,
  };
}

const BLOCK: Step = ["updated", 10, true];
const UNBLOCK: Step = ["updated", 20];
const DELETION: Step = ["deleted", 10];
const CREATION: Step = ["created", 20];

it.each<[string, readonly Step[], User, object]>([
  ["a block", [BLOCK], BLOCKED, { isBlocked: true, notBefore: null, asked: 0 }],
  ["a user who is made blocked", [["created", 10, true]], BLOCKED, { isBlocked: true, asked: 0 }],
  ["a change of somebody who is not blocked", [UNBLOCK], ACTIVE, { isBlocked: false, asked: 0 }],
  ["a new user", [CREATION], ACTIVE, { isBlocked: false, asked: 0 }],
  ["an unblock", [BLOCK, UNBLOCK], ACTIVE, { isBlocked: false, asked: 1 }],
  [
    "a change that does not say that the user is blocked still",
    [BLOCK, UNBLOCK],
    BLOCKED,
    { isBlocked: true, asked: 1 },
  ],
  ["a change of somebody who is deleted by now", [BLOCK, UNBLOCK], null, { isBlocked: true, asked: 1 }],
  ["an unblock twice", [BLOCK, UNBLOCK, UNBLOCK], ACTIVE, { isBlocked: false, asked: 1 }],
  ["a block twice, again after the unblock", [BLOCK, UNBLOCK, BLOCK], ACTIVE, { isBlocked: false, asked: 1 }],
  ["a new block", [BLOCK, UNBLOCK, ["updated", 30, true]], BLOCKED, { isBlocked: true, asked: 1 }],
  ["a change from before the block", [BLOCK, ["updated", 5]], ACTIVE, { isBlocked: true, asked: 0 }],
  ["a change in the instant of the block", [BLOCK, ["updated", 10]], ACTIVE, { isBlocked: true, asked: 0 }],
  ["a deletion", [DELETION], null, { isBlocked: true, notBefore: 10, asked: 0 }],
  ["a deletion of somebody blocked", [BLOCK, ["deleted", 15]], null, { isBlocked: true, notBefore: 15 }],
  [
    "a user who is created again",
    [DELETION, CREATION],
    ACTIVE,
    { isBlocked: false, notBefore: 10, asked: 1 },
  ],
  [
    "a user who is created again and deleted again",
    [DELETION, CREATION],
    null,
    { isBlocked: true, notBefore: 10 },
  ],
  [
    "a deletion twice, again after the user is created again",
    [DELETION, CREATION, DELETION],
    ACTIVE,
    { isBlocked: false, notBefore: 10 },
  ],
])("%s", async (_, steps, user, expected) => {
  for (const step of steps) await apply(step, user);
  expect(await outcome()).toMatchObject(expected);
});

// Two connections at the same time, or Auth0 itself, may tell things out of their order.
it.each<[string, readonly Step[], User, boolean]>([
  ["a block after its unblock", [UNBLOCK, BLOCK], ACTIVE, false],
  ["a block after a change of no interest", [UNBLOCK, BLOCK], BLOCKED, true],
  ["a deletion after the creation", [CREATION, DELETION], ACTIVE, false],
  ["a deletion after a creation that was deleted too", [CREATION, DELETION], null, true],
])("late: %s", async (_, [first, late], user, isBlocked) => {
  for (const step of first === undefined ? [] : [first]) await apply(step, user);
  for (const step of late === undefined ? [] : [late]) await apply(step, user, true);
  expect(await outcome()).toMatchObject({ isBlocked });
  await apply(["updated", 30, true], BLOCKED);
  expect(await outcome()).toMatchObject({ isBlocked: true });
});

it("never lifts what an operator has blocked, and keeps until when tokens do not count", async () => {
  await signSubjectOut(JANE, { actor: "operator:jo" }, stores, UNBOUNDED);
  const facts = await stores.identities.findFacts(JANE);
  if (facts === null) throw new Error("not stored");
  const operator = { isBlocked: true, at: at(1).toISOString() };
  const key = JSON.stringify([JANE.tenant, JANE.subject]);
  stores.identities.facts.set(key, { ...facts, sources: { event: null, operator } });
  for (const step of [BLOCK, UNBLOCK]) await apply(step, ACTIVE);
  expect(await outcome()).toMatchObject({ isBlocked: true, notBefore: at(99).getSeconds() });
});

it("what comes late, and does not say that the user is blocked, is asked for once", async () => {
  for (const step of [BLOCK, UNBLOCK]) await apply(step, ACTIVE, step === UNBLOCK);
  expect(await outcome()).toMatchObject({ isBlocked: false, asked: 1 });
});

it("a lift carries the time of its event, not that of the question", async () => {
  for (const step of [BLOCK, UNBLOCK]) await apply(step, ACTIVE);
  const facts = await stores.identities.findFacts(JANE);
  expect(facts?.sources.event).toEqual({ isBlocked: false, at: at(20).toISOString() });
  expect(
    stores.identities.entries.map(({ actor, action, source }) => `${actor} ${action} ${source}`),
  ).toEqual(["system identity-blocked event", "system identity-unblocked event"]);
});
