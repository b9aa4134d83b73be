import fc from "fast-check";
import { expect } from "vitest";
import { Refusal } from "../refusal.ts";

/** What becomes of a call of a store after it was made: its process dies, or its reply is lost and it is repeated. */
export type Fate = "replied" | "crash" | "lost";
export const CALM: readonly Fate[] = ["replied"];
export const ROUGH: readonly Fate[] = ["replied", "replied", "replied", "replied", "crash", "lost", "lost"];

/** Decides what happens next: a natural number below `among`. */
export type Choose = (among: number) => number;
export const choose: fc.Arbitrary<Choose> = fc
  .infiniteStream(fc.nat())
  .map((choices) => (among) => (choices.next().value ?? 0) % among);

/** How often races are made, and what the store does not do, though it must. */
export interface Runs<Without> {
  readonly runs: number;
  readonly without?: Without;
}

/** Fails for the first race with which something is wrong; the message has its seed. */
export function nothingWrong<Race>(
  races: fc.Arbitrary<Race>,
  wrongIn: (race: Race) => Promise<string | null>,
  { runs, without }: Runs<unknown>,
): Promise<void> {
  const property = fc.asyncProperty(races, async (race) => {
    expect(await wrongIn(race)).toBeNull();
  });
  // What must fail needs no smallest example.
  return fc.assert(property, { numRuns: runs, endOnFailure: without !== undefined });
}

interface Call {
  /** Makes the call. @returns how to let the process go on with its outcome */
  readonly make: () => Promise<() => void>;
  readonly isWrite: boolean;
}

/** Longer than any race, so that one that never ends is found. */
const MAX_CALLS = 2_000;
/** How the names of methods begin that write. */
export const WRITE = /^(put|replace|delete|create|commit)/;

/** Processes whose calls of the stores are made one at a time, in an order that a test chooses. */
export class Interleaving {
  readonly #waiting: Call[] = [];
  readonly #errors: unknown[] = [];

  /** The port as the processes see it: each call waits for its turn. */
  slowly<Port extends object>(port: Port): Port {
    return new Proxy(port, {
      get: (target, method) => {
        const value: unknown = Reflect.get(target, method);
        if (typeof value !== "function") return value;
        return (...args: readonly unknown[]) => {
          const { promise, resolve } = Promise.withResolvers<unknown>();
          const make = async () => {
            const outcome: unknown = await Reflect.apply(value, target, args);
            return () => resolve(outcome);
          };
          this.#waiting.push({ make, isWrite: WRITE.test(String(method)) });
          return promise;
        };
      },
    });
  }

  /** Each of these ports as the processes see it. */
  slow<Ports extends object>(ports: Ports): Ports {
    return Object.fromEntries(
      Object.entries(ports).map(([name, port]) => [name, this.slowly(port)]),
    ) as Ports;
  }

  /** Starts a process, which may refuse, and runs it until it waits for its first call. */
  async start(process: () => Promise<unknown>): Promise<void> {
    process().catch((error: unknown) => {
      if (!(error instanceof Refusal) || error.reason === "INTERNAL") this.#errors.push(error);
    });
    await settled();
  }

  /**
   * Makes the calls until none is waiting.
   * @param wrong what is wrong with what is stored, asked after every call
   * @returns what is wrong; null if nothing ever is
   */
  async finish({
    choose,
    fates,
    wrong,
  }: {
    readonly choose: Choose;
    readonly fates: readonly Fate[];
    readonly wrong: () => string | null;
  }): Promise<string | null> {
    for (let calls = 0; this.#waiting.length > 0; calls += 1) {
      if (calls > MAX_CALLS) return "it never ends";
      const [next] = this.#waiting.splice(choose(this.#waiting.length), 1);
      if (next === undefined) break;
      const reply = await next.make();
      const fault = wrong();
      if (fault !== null) return fault;
      const fate = fates[choose(fates.length)];
      if (fate === "crash") continue;
      if (fate === "lost" && next.isWrite) {
        this.#waiting.push({ ...next, isWrite: false }); // once
        continue;
      }
      reply();
      await settled();
    }
    return this.#errors.length > 0 ? `an error: ${this.#errors[0]}` : null;
  }
}

/** What starts without a reply starts in microtasks, so before the next turn of the event loop. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
