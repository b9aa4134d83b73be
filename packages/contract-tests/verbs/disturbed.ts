import { expect } from "vitest";
import { pass, writes } from "../simulator/faults.ts";
import type { Choose, Disturbance } from "./store-faults.ts";
import { differences, entriesSince, plain, type Snapshot } from "./stored-table.ts";
import type { Verb } from "./verb.ts";
import type { VerbProcess, VerbWorld } from "./world.ts";

/** What a verb comes to: the table before it and after each of its transactions, as texts. */
type Course = readonly (readonly string[])[];

interface Stage {
  readonly world: VerbWorld;
  readonly before: Snapshot;
}

/**
 * Runs a verb undisturbed, then with each chosen fault from the same state, and repeats it where it was interrupted. Each
 * time the table holds what it held before the verb or after one of its transactions, with the entries of these, and
 * `table verify` finds nothing. Each of these states is seen.
 */
export async function disturb(verb: Verb, world: VerbWorld, choose: Choose): Promise<void> {
  const { table } = world;
  try {
    const [here] = await processesOf(world);
    expect((await verb.prepare?.(here, world)) ?? "OK").toBe("OK");
    const stage = { world, before: await table.snapshot() };
    const { course, counts } = await courseOf(verb, stage);
    const seen = new Set<number>();
    for (const disturbance of choose(counts)) {
      await table.restore(stage.before);
      seen.add(await once(verb, disturbance, course, stage));
    }
    expect(seen.size).toBe(course.length);
  } finally {
    await table.restore(world.before);
  }
}

async function courseOf(verb: Verb, { world, before }: Stage) {
  const { table } = world;
  const [here] = await processesOf(world);
  const states = [before];
  const counts = { reads: 0, writes: 0 };
  here.store.fault = async (exchange) => {
    counts[writes(exchange) ? "writes" : "reads"] += 1;
    if (!writes(exchange)) return pass(exchange);
    const reply = await exchange.forward();
    if (reply.status === 200) states.push(await table.snapshot());
    await pass({ ...exchange, forward: async () => reply });
  };
  expect(await verb.run(here, world)).toBe("OK");
  here.store.fault = pass;
  const recorded = states.slice(1).map((state, k) => entriesSince(states[k] ?? before, state));
  expect(recorded).toEqual(verb.commits);
  expect(await table.findings()).toEqual([]);
  return { counts, course: states.map((state) => plain(state, before)) };
}

/** @returns the number of transactions that are stored after the fault */
async function once(
  verb: Verb,
  { what, isSurvived, fault }: Disturbance,
  course: Course,
  { world, before }: Stage,
): Promise<number> {
  const { table } = world;
  const [here, there] = await processesOf(world);
  here.store.fault = fault;
  const outcome = await verb.run(here, world);
  here.store.fault = pass;
  const state = plain(await table.snapshot(), before);
  const isTakenBack = (each: readonly string[]) =>
    verb.takesBack === true && outcome !== "OK" && isSame(withoutSetUp(each, course), state);
  const made = course.findIndex((each) => isSame(each, state) || isTakenBack(each));
  const end = course.at(-1) ?? [];
  if (made === -1) expect(differences(state, end), `${what}: ${outcome}`).toEqual([]);
  if (made > 0) expect(await table.findings(), what).toEqual([]);
  const left = course.length - 1 - made;
  const isOnlyUncounted = verb.endsCounting === true && left === 1;
  if (isSurvived) expect(outcome, what).toBe("OK");
  if (outcome === "OK" && !isOnlyUncounted) expect(left, `${what}, and it answers OK`).toBe(0);
  const isWhole = isSame(course[made] ?? [], state);
  if (made > 0 && outcome !== "OK" && isWhole && verb.isRepeated === undefined) {
    const again = await verb.run(there, world);
    const then = plain(await table.snapshot(), before);
    const stays = verb.waits !== undefined || isOnlyUncounted;
    expect(differences(then, left > 0 && stays ? state : end), `${what}, and again: ${again}`).toEqual([]);
    if (left > 0) expect(again, `${what}, and again`).toBe(verb.waits ?? "OK");
  }
  return made;
}

async function processesOf(world: VerbWorld): Promise<readonly [VerbProcess, VerbProcess]> {
  const [here, there] = await world.processes(2);
  if (here === undefined || there === undefined) throw new Error("there are two processes");
  return [here, there];
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return differences(one, other).length === 0;
}

/** The state without the set-up that the verb has stored. */
function withoutSetUp(state: readonly string[], [before = []]: Course): readonly string[] {
  return state.filter((line) => before.includes(line) || !line.includes('"connection-setup"'));
}
