import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Refusal } from "../refusal.ts";
import { runsOf, SLOW } from "./shared-ports.ts";

/** What becomes of a call of a store after it was made: its process dies, or its reply is lost and it is repeated. */
export type Fate = "replied" | "crash" | "lost";
export const CALM: readonly Fate[] = ["replied"];
const ROUGH: readonly Fate[] = ["replied", "replied", "replied", "replied", "crash", "lost", "lost"];

/** Decides what happens next: a natural number below `among`. */
export type Choose = (among: number) => number;
export const choose: fc.Arbitrary<Choose> = fc
  .infiniteStream(fc.nat())
  .map((choices) => (among) => (choices.next().value ?? 0) % among);

interface RaceProperty<Race, Without extends string> {
  readonly races: fc.Arbitrary<Race>;
  /** How many races hold where all replies arrive, and where processes die and replies are lost. */
  readonly runs: { readonly calm: number; readonly rough: number };
  /** What the store may leave out, though it must do it: the property fails without each of it. */
  readonly without: readonly Without[];
  /** @returns what is wrong with the race; null if nothing is */
  wrongIn(race: Race & Circumstances<Without>): Promise<string | null>;
}
interface Circumstances<Without> {
  readonly fates: readonly Fate[];
  readonly without: Without | undefined;
}

/** Tests that nothing is wrong with any race; the message of a failure has its seed. */
export function describeRaces<Race extends object, Without extends string>(
  name: string,
  { races, runs, without, wrongIn }: RaceProperty<Race, Without>,
): void {
  const check = (numRuns: number, circumstances: Circumstances<Without>) => {
    const property = fc.asyncProperty(races, async (race) => {
      expect(await wrongIn({ ...race, ...circumstances })).toBeNull();
    });
    // What must fail needs no smallest example.
    return fc.assert(property, { numRuns, endOnFailure: circumstances.without !== undefined });
  };
  describe(name, () => {
    it("holds in any order of concurrent calls", SLOW, () =>
      check(runsOf(runs.calm), { fates: CALM, without: undefined }),
    );
    it("holds where processes die and replies are lost", SLOW, () =>
      check(runsOf(runs.rough), { fates: ROUGH, without: undefined }),
    );
    it.each(without)("fails without the condition on the %s", SLOW, async (each) => {
      await expect(check(20_000, { fates: CALM, without: each })).rejects.toThrow("Property failed");
    });
  });
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
