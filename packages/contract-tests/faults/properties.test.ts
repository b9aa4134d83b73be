import { USER_ID_PATTERN } from "@platform-api/server/wire";
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { ANNEX, FORGE, newPerson, type Person } from "../simulator/forge.ts";
import { faultyStackOfTests } from "../simulator/of-tests.ts";
import type { Server } from "../simulator/stack.ts";
import type { Item } from "../simulator/table-scan.ts";
import { ask } from "./answer.ts";
import { randomSteps, runSteps, type StepsResult } from "./random-steps.ts";
import { withRequestDeadline } from "./request-deadline.ts";

const RUNS = 25;
/** A slow machine makes at least these, however long they take. */
const LEAST_RUNS = 10;
/** No further run starts after this time. */
const TIME_MS = 30_000;
const PATIENCE_MS = 180_000;
const UUID = new RegExp(USER_ID_PATTERN);
/** The reasons this user may get while upstreams fail and operators remove them. None is a 401 or 500. */
const REASONS = new Set([
  null,
  "IDENTITY_CONFLICT",
  "MEMBERSHIP_REMOVED",
  "NOT_JOINABLE",
  "DIRECTORY_UNAVAILABLE",
  "STORE_UNAVAILABLE",
  "OVERLOADED", // on a busy machine
]);

const faulty = faultyStackOfTests();
let servers: readonly [Server, Server];

beforeAll(async () => {
  const hasty = {
    DIRECTORY_ATTEMPT_MS: "100",
    DIRECTORY_DEADLINE_MS: "300",
    STORE_ATTEMPT_MS: "100",
    STORE_DEADLINE_MS: "300",
  };
  servers = [await faulty.server(hasty), await faulty.server(hasty)];
});

/** The user's UUID in the directory. */
async function rowOf({ email }: Person): Promise<string | null> {
  return (await faulty.stack.directory.findByEmail(email))?.id ?? null;
}

async function remove(organizationId: string, person: Person): Promise<boolean> {
  const userId = await rowOf(person);
  if (userId === null) return false;
  const { status } = await faulty.stack.cli("member", "remove", organizationId, userId);
  return status === 0;
}

it(
  "after any sequence of faults, a user has one UUID, one link per login, one membership per organization, and stays removed",
  async ({ task }) => {
    const lastBegin = performance.now() + TIME_MS;
    let runs = 0;
    const property = fc.asyncProperty(randomSteps, async (steps) => {
      if (runs >= LEAST_RUNS && performance.now() > lastBegin) return;
      runs += 1;
      const person = await newPerson(faulty.stack.issuer);
      const context = { faulty, servers, person, remove: (id: string) => remove(id, person) };
      // A store that always answers with a conflict is asked until the deadline.
      const result = await withRequestDeadline(() => runSteps(steps, context));
      const resolved = await lastRound(person, result);
      const userId = await rowOf(person);
      expect(await faulty.stack.usersAt(person.email)).toBe(1);
      for (const answer of [...result.answers, ...resolved]) {
        expect(REASONS).toContain(answer.reason);
        expect([null, userId]).toContain(answer.userId);
      }
      expectOneOfEach(await faulty.stack.items(), { email: person.email, userId, result });
    });
    const report = await fc.check(property, { numRuns: RUNS, endOnFailure: true });
    const summary = `${runs} of ${RUNS} runs of the property, seed ${report.seed}`;
    Object.assign(task.meta, { summary });
    process.stdout.write(`${summary}\n`);
    if (report.failed) throw new Error(fc.defaultReportMessage(report), { cause: report.errorInstance });
    expect(runs).toBeGreaterThanOrEqual(LEAST_RUNS);
  },
  PATIENCE_MS,
);

/** Repeats every login without faults. Valid logins succeed, and one of the two rivals is refused. */
async function lastRound({ tokens }: Person, { removedFrom }: StepsResult) {
  const server = faulty.stack;
  const open = [await ask(server, "validate", tokens.password), await ask(server, "me", tokens.code)];
  const sso = [await ask(server, "me", tokens.okta)];
  const rivals = [await ask(server, "validate", tokens.entra), await ask(server, "validate", tokens.rival)];
  expect(rivals.filter(({ reason }) => reason === "IDENTITY_CONFLICT")).toHaveLength(1);
  sso.push(...rivals.filter(({ reason }) => reason !== "IDENTITY_CONFLICT"));
  for (const answer of open)
    expect(answer).toMatchObject({ status: 200, userId: expect.stringMatching(UUID) });
  const joining = await ask(server, "join", tokens.password);
  if (removedFrom.has(ANNEX)) expect(joining).toMatchObject({ status: 403, reason: "NOT_JOINABLE" });
  const admitted = removedFrom.has(FORGE) ? { status: 403, reason: "MEMBERSHIP_REMOVED" } : { status: 200 };
  for (const answer of sso) expect(answer).toMatchObject(admitted);
  return [...open, ...sso];
}

function expectOneOfEach(
  items: readonly Item[],
  { email, userId, result }: { email: string; userId: string | null; result: StepsResult },
): void {
  const people = items.filter((item) => item.userId !== undefined && item.userId !== null);
  for (const item of people) expect(item.userId).toMatch(UUID);
  const own = people.filter((item) => item.userId === userId || item.email === email);
  for (const item of own) expect(item.userId).toBe(userId);
  const unique = (type: string, attribute: string) => {
    const values = own.filter((item) => item.type === type).map((item) => item[attribute]);
    expect(new Set(values).size, `${type} by ${attribute}`).toBe(values.length);
    return values;
  };
  expect(unique("link", "subject")).toHaveLength(4);
  expect(unique("seat", "connection")).toHaveLength(4);
  unique("membership", "organizationId");
  for (const organizationId of result.removedFrom) {
    const stored = own.find((item) => item.type === "membership" && item.organizationId === organizationId);
    expect(stored).toMatchObject({ status: "removed" });
  }
}
