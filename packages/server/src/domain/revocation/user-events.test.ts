import { beforeEach, expect, it } from "vitest";
import { loginIdOf } from "../subject-key.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { UNBOUNDED } from "../testing/people.ts";
import { signSubjectOut } from "./record.ts";
import type { TenantUser } from "./tenant-users.ts";
import { answerQuestion, applyUserEvent, type Question, type UserEvent } from "./user-events.ts";

const JANE = { tenant: "default", subject: "waad|jane" };
/** What the identity provider would answer. */
type User = TenantUser | "gone" | "unaskable";
const ACTIVE: User = { isBlocked: false, createdAt: null };
const BLOCKED: User = { isBlocked: true, createdAt: null };

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

type Step = readonly [type: UserEvent["type"], second: number | null, isBlocked?: boolean | null];

const portsOf = (user: User) => ({
  ...stores,
  users: {
    findUser: async () => {
      asked += 1;
      return user;
    },
  },
});

async function tell([type, second, isBlocked = false]: Step, isLate = false) {
  const event = { type, subject: JANE.subject, at: second === null ? null : at(second), isBlocked };
  return applyUserEvent(event, { tenant: JANE.tenant, isLate }, stores, UNBOUNDED);
}

const answer = (question: Question, user: User) =>
  answerQuestion(question, JANE.tenant, portsOf(user), UNBOUNDED);

/** Tells it, and answers the first question. */
async function apply(step: Step, user: User, isLate = false) {
  const { question } = await tell(step, isLate);
  return question === null ? null : (await answer(question, user)).next;
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
  ["a change of somebody who is deleted by now", [BLOCK, UNBLOCK], "gone", { isBlocked: true, asked: 1 }],
  ["an unblock twice", [BLOCK, UNBLOCK, UNBLOCK], ACTIVE, { isBlocked: false, asked: 1 }],
  ["a block twice, again after the unblock", [BLOCK, UNBLOCK, BLOCK], ACTIVE, { isBlocked: false, asked: 1 }],
  ["a new block", [BLOCK, UNBLOCK, ["updated", 30, true]], BLOCKED, { isBlocked: true, asked: 1 }],
  ["a change from before the block", [BLOCK, ["updated", 5]], ACTIVE, { isBlocked: true, asked: 0 }],
  ["a block and its end in one second", [BLOCK, ["updated", 10]], ACTIVE, { isBlocked: false, asked: 1 }],
  ["a change in the second of the block", [BLOCK, ["updated", 10]], BLOCKED, { isBlocked: true, asked: 1 }],
  ["a block without a time", [["updated", null, true]], BLOCKED, { isBlocked: true, asked: 1 }],
  ["a change without a time", [["updated", null]], ACTIVE, { isBlocked: false, asked: 1 }],
  ["a block in other words", [["updated", 10, null]], BLOCKED, { isBlocked: true, asked: 1 }],
  ["an unblock in other words", [BLOCK, ["updated", 20, null]], ACTIVE, { isBlocked: false, asked: 1 }],
  ["a deletion without a time", [["deleted", null]], "gone", { isBlocked: true, asked: 1 }],
  ["what is not an id of a user", [BLOCK, UNBLOCK], "unaskable", { isBlocked: true, asked: 1 }],
  ["a deletion", [DELETION], "gone", { isBlocked: true, notBefore: 10, asked: 0 }],
  ["a deletion of somebody blocked", [BLOCK, ["deleted", 15]], "gone", { isBlocked: true, notBefore: 15 }],
  [
    "a user who is created again",
    [DELETION, CREATION],
    ACTIVE,
    { isBlocked: false, notBefore: 10, asked: 1 },
  ],
  [
    "a user who is created again and deleted again",
    [DELETION, CREATION],
    "gone",
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
  ["a deletion after a creation that was deleted too", [CREATION, DELETION], "gone", true],
])("late: %s", async (_, [first, late], user, isBlocked) => {
  for (const step of first === undefined ? [] : [first]) await apply(step, user);
  for (const step of late === undefined ? [] : [late]) await apply(step, user, true);
  expect(await outcome()).toMatchObject({ isBlocked });
  await apply(["updated", 30, true], BLOCKED);
  expect(await outcome()).toMatchObject({ isBlocked: true });
});

it.each<[string, User, number]>([
  ["blocked", BLOCKED, 4],
  ["gone", "gone", 4],
  ["active", ACTIVE, 1],
  ["no user", "unaskable", 1],
])("an answer that somebody is %s is final after a while, because it may be old", async (_, user, times) => {
  await tell(BLOCK);
  let { question } = await tell(UNBLOCK);
  while (question !== null) question = (await answer(question, user)).next;
  expect(asked).toBe(times);
});

it("somebody whom only an answer has blocked is asked for once more than others", async () => {
  const { question } = await tell(["updated", null]);
  if (question === null) throw new Error("no question");
  const { change, next } = await answer({ ...question, answers: 3 }, BLOCKED);
  expect([change, next?.answers]).toEqual(["blocked", 1]);
});

it("a block and its end that are told in one second, again and again, and a block at last", async () => {
  for (const user of [ACTIVE, ACTIVE])
    for (const step of [BLOCK, ["updated", 10]] as const) await apply(step, user);
  expect(await outcome()).toMatchObject({ isBlocked: false });
  await apply(BLOCK, BLOCKED);
  expect(await outcome()).toMatchObject({ isBlocked: true });
});

it("tokens from before a creation do not count where the deletion before it had no time", async () => {
  await apply(["deleted", null], "gone");
  await apply(["created", 70], { isBlocked: false, createdAt: at(70) });
  expect(await outcome()).toMatchObject({ isBlocked: false, notBefore: 70 % 60 });
});

it("a store or a provider that does not answer leaves the question, and nothing else", async () => {
  await tell(BLOCK);
  const { question } = await tell(UNBLOCK);
  const fails = async () => Promise.reject(new Error("outage"));
  const ports = { ...stores, users: { findUser: fails } };
  if (question === null) throw new Error("no question");
  await expect(answerQuestion(question, JANE.tenant, ports, UNBOUNDED)).rejects.toThrow("outage");
  expect(await outcome()).toMatchObject({ isBlocked: true });
});

it("never lifts what an operator has blocked, and keeps until when tokens do not count", async () => {
  await signSubjectOut(JANE, { actor: "operator:jo" }, stores, UNBOUNDED);
  const facts = await stores.identities.findFacts(JANE);
  if (facts === null) throw new Error("not stored");
  const operator = { isBlocked: true, at: at(1).toISOString() };
  stores.identities.facts.set(loginIdOf(JANE), { ...facts, sources: { event: null, operator } });
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
