import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { expect } from "vitest";
import { pass } from "../simulator/faults.ts";
import { differences, plain, type Snapshot } from "./stored-table.ts";
import type { Verb } from "./verb.ts";
import { VERBS } from "./verbs.ts";
import type { VerbWorld } from "./world.ts";

/** How long a verb may compute, or wait for something else than the store, before the others go on without it. */
const QUIET_MS = 5;
/** Requests whose order a seed decides. */
const CHOICES = 500;

/** What verbs came to that ran together, or one after the other. */
interface Ending {
  /** In the order of the verbs. */
  readonly outcomes: readonly string[];
  readonly state: readonly string[];
}

/**
 * Runs verbs at the same time, each in a process of its own. The end is one that some order of them gives, with the same
 * verbs that succeed, and with their entries; `table verify` finds nothing.
 */
export async function race(
  names: readonly string[],
  world: VerbWorld,
  seeds: readonly number[],
): Promise<void> {
  const verbs = names.flatMap((name) => VERBS[name] ?? []);
  const { table } = world;
  try {
    const [first] = await world.processes(1);
    for (const prepare of new Set(verbs.flatMap((verb) => verb.prepare ?? [])))
      if (first !== undefined) expect(await prepare(first, world)).toBe("OK");
    const before = await table.snapshot();
    const orders: Ending[] = [];
    for (const order of permutations([...verbs.keys()]))
      orders.push(await inOrder(verbs, order, world, before));
    for (const seed of seeds) {
      const ending = await together(verbs, seed, world, before);
      const distances = orders.map((each) => distance(ending, each, verbs));
      const [least = []] = distances.sort((a, b) => a.length - b.length);
      expect(least, `seed ${seed}: ${ending.outcomes.join(", ")}`).toEqual([]);
      expect(await table.findings(), `seed ${seed}`).toEqual([]);
    }
  } finally {
    await table.restore(world.before);
  }
}

/** What tells two endings apart. Of two equal verbs the second one may find that it holds already, or be refused. */
function distance(one: Ending, other: Ending, verbs: readonly Verb[]): string[] {
  const isTwice = (verb: Verb | undefined) => verbs.filter((each) => each === verb).length > 1;
  const successes = ({ outcomes }: Ending) =>
    outcomes.map((outcome, index) => (outcome === "OK" || isTwice(verbs[index]) ? "OK" : "refused")).join();
  const answers =
    successes(one) === successes(other) ? [] : [`${successes(one)} in place of ${successes(other)}`];
  return [...answers, ...differences(one.state, other.state)];
}

function* permutations(of: readonly number[]): Iterable<readonly number[]> {
  if (of.length === 0) yield [];
  for (const first of of)
    for (const rest of permutations(of.filter((each) => each !== first))) yield [first, ...rest];
}

async function inOrder(
  verbs: readonly Verb[],
  order: readonly number[],
  world: VerbWorld,
  before: Snapshot,
): Promise<Ending> {
  await world.table.restore(before);
  const processes = await world.processes(verbs.length);
  const outcomes: string[] = [];
  for (const index of order) {
    const [verb, process] = [verbs[index], processes[index]];
    if (verb !== undefined && process !== undefined) outcomes[index] = await verb.run(process, world);
  }
  return { outcomes, state: plain(await world.table.snapshot(), before) };
}

/** Whether an operator is to repeat a command, because others have changed what it has planned by. */
function isStopped(outcome: string | undefined): boolean {
  return /changed concurrently by someone else[:;] run .+ again/.test(outcome ?? "");
}

/** Lets one request after the other through, of a process that the seed chooses. */
async function together(
  verbs: readonly Verb[],
  seed: number,
  world: VerbWorld,
  before: Snapshot,
): Promise<Ending> {
  await world.table.restore(before);
  const processes = await world.processes(verbs.length);
  const waiting = new Map<number, (() => Promise<void>)[]>();
  const running = new Map<number, Promise<string>>();
  for (const [index, process] of processes.entries()) {
    process.store.fault = (exchange) =>
      new Promise<void>((done) => {
        const send = async () => {
          await pass(exchange);
          done();
        };
        waiting.set(index, [...(waiting.get(index) ?? []), send]);
      });
    const verb = verbs[index];
    if (verb !== undefined)
      running.set(
        index,
        verb.run(process, world).finally(() => running.delete(index)),
      );
  }
  const ended = Promise.all([...running.values()]);
  const choices = fc.sample(fc.noBias(fc.nat()), { seed, numRuns: CHOICES }).values();
  while (running.size > 0) {
    const quietAt = performance.now() + QUIET_MS;
    while (performance.now() < quietAt && [...running.keys()].some((index) => !waiting.has(index)))
      await sleep(1);
    const ready = [...waiting.keys()];
    const chosen = ready[(choices.next().value ?? 0) % ready.length];
    if (chosen === undefined) continue;
    const [send, ...others] = waiting.get(chosen) ?? [];
    if (others.length === 0) waiting.delete(chosen);
    else waiting.set(chosen, others);
    await send?.();
  }
  for (const process of processes) process.store.fault = pass;
  const outcomes = await ended;
  for (const [index, process] of processes.entries())
    if (isStopped(outcomes[index])) outcomes[index] = (await verbs[index]?.run(process, world)) ?? "";
  return { outcomes, state: plain(await world.table.snapshot(), before) };
}

/** Every two verbs, and one twice, that are about the same. */
export const PAIRS: readonly (readonly [string, string])[] = Object.entries(VERBS).flatMap(
  ([one, { subject, invitesTwice }], index) =>
    Object.entries(VERBS)
      .slice(invitesTwice ? index + 1 : index)
      .filter(([, verb]) => verb.subject === subject)
      .map(([other]): readonly [string, string] => [one, other]),
);

/** Some of these, as a seed decides. */
export function someOf<T>(all: readonly T[], count: number, seed: number): readonly T[] {
  const some = fc.shuffledSubarray([...all], { minLength: count, maxLength: count });
  return fc.sample(some, { seed, numRuns: 1 })[0] ?? [];
}

/** Three verbs that are about the same, so many times. */
export function someTriples(count: number, seed: number): readonly (readonly string[])[] {
  const bySubject = [...Map.groupBy(Object.keys(VERBS), (name) => VERBS[name]?.subject).values()].filter(
    (names) => names.length > 2,
  );
  const triple = fc
    .constantFrom(...bySubject)
    .chain((names) => fc.shuffledSubarray(names, { minLength: 3, maxLength: 3 }));
  return fc.sample(triple, { seed, numRuns: count });
}
