import fc from "fast-check";
import type { Processes } from "./driver.ts";
import { history } from "./histories.ts";
import { Disagreement, playHistory } from "./play-history.ts";
import type { History } from "./vocabulary.ts";

const BATCH = 40;
const AT_ONCE = 3;
const SHRINK_MS = 20_000;
/** A violation that depends on a race may need several attempts to happen again. */
const ATTEMPTS = 10;

export interface Run {
  readonly seed: number;
  /** Called before each history. Returns whether to continue. */
  readonly goesOn: (played: Played) => boolean;
  /** Called after each batch. */
  readonly progress?: (played: Played) => void;
}

export interface Played {
  readonly histories: number;
  readonly steps: number;
  /** Histories that were abandoned because the machine was too busy. */
  readonly givenUp: number;
}

/**
 * Plays the seed's histories, a few at a time, while `goesOn` returns true.
 * @throws {Error} with the shortest history that fails like the first failure, and how to repeat it
 */
export async function playMatrix(processes: Processes, { seed, goesOn, progress }: Run): Promise<Played> {
  let played: Played = { histories: 0, steps: 0, givenUp: 0 };
  const count = (steps: number | null) => {
    const { histories, givenUp } = played;
    if (steps === null) played = { ...played, givenUp: givenUp + 1 };
    else played = { ...played, histories: histories + 1, steps: played.steps + steps };
  };
  for (let batchSeed = seed; goesOn(played); batchSeed += 1) {
    const queue = fc.sample(history, { seed: batchSeed, numRuns: BATCH }).entries();
    const failures: Failure[] = [];
    const playQueue = async () => {
      for (const [index, one] of queue) {
        if (failures.length > 0 || !goesOn(played)) return;
        const result = await attempt(processes, one);
        if (result instanceof Disagreement) failures.push({ seed: batchSeed, index, first: result });
        else count(result);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, playQueue));
    // The first of the seed, whichever ends first: a race takes ten times as long to shorten.
    const [failure] = failures.sort((a, b) => a.index - b.index);
    if (failure !== undefined) throw await shortest(processes, failure);
    progress?.(played);
  }
  return played;
}

interface Failure {
  readonly seed: number;
  readonly index: number;
  readonly first: Disagreement;
}

async function attempt(processes: Processes, one: History): Promise<number | null | Disagreement> {
  try {
    return await playHistory(processes, one);
  } catch (error) {
    if (error instanceof Disagreement) return error;
    throw error;
  }
}

async function shortest(processes: Processes, { seed, index, first }: Failure): Promise<Error> {
  let shown: Disagreement | null = null;
  const property = fc.asyncProperty(history, async (one) => {
    const isRace = one.steps.some((step) => "requests" in step && step.requests.length > 1);
    for (let left = isRace ? ATTEMPTS : 1; left > 0; left -= 1) {
      const result = await attempt(processes, one);
      if (!(result instanceof Disagreement)) continue;
      // fast-check continues only with simpler histories, so the last one is the simplest.
      shown = result;
      throw result;
    }
  });
  await fc.check(property, {
    seed,
    path: `${index}`,
    numRuns: 1,
    interruptAfterTimeLimit: SHRINK_MS,
  });
  const again = shown === null ? " (did not happen again because it depends on a race)" : "";
  return new Error(`--seed ${seed}, history ${index}${again}\n${(shown ?? first).message}`);
}
