import type { AuditEntry } from "./audit.ts";

/**
 * Every kind of item that a decision may change, by its name. Each one has a revision (`rev`), which changes with every
 * write; null where nothing is stored. The file that knows a kind declares it here, so that this file knows none.
 */
// biome-ignore lint/suspicious/noEmptyInterface: other files declare the kinds
export interface Items {}

/**
 * The kinds of items whose absence a decision may rely on, each with what makes its key. Declared like {@link Items}.
 */
// biome-ignore lint/suspicious/noEmptyInterface: other files declare the kinds
export interface Absences {}

/** One item: what is to be stored, and what was read; null for none. Not both are null: the key comes from them. */
export type Write = {
  readonly [Kind in keyof Items]: {
    readonly item: Kind;
    readonly next: Items[Kind] | null;
    readonly present: Items[Kind] | null;
  };
}[keyof Items];

/** What the decision relies on: an item as it was read, or that none has this key. */
export type Read =
  | { readonly [Kind in keyof Items]: { readonly item: Kind; readonly present: Items[Kind] } }[keyof Items]
  | {
      readonly [Kind in keyof Absences]: { readonly item: Kind; readonly absent: Absences[Kind] };
    }[keyof Absences];

/** What one decision changes: all of it is stored, or nothing. Each item stands in it once. */
export interface Changes {
  readonly writes: readonly Write[];
  /** What must still be stored as it was read, or still be absent, without being written. */
  readonly unchanged: readonly Read[];
  readonly audit: readonly AuditEntry[];
}

export interface Transactions {
  /**
   * Stores the changes if every item is still stored as it was read.
   * @returns false, with nothing stored, if one is not, or is being changed at this moment
   * @throws {Refusal} STORE_UNAVAILABLE when there is no usable answer before `signal` aborts: they may be stored all the same
   */
  commit(changes: Changes, signal: AbortSignal): Promise<boolean>;
  /**
   * Waits a random while, longer with each attempt, before what was read is read again.
   * @param attempt counts from 0
   * @throws {Refusal} STORE_UNAVAILABLE when `signal` aborts
   */
  backoff(attempt: number, signal: AbortSignal): Promise<void>;
}

/** What comes of a decision. Without changes it holds already: nothing is stored or recorded. */
export interface Decision<Result> {
  readonly changes: Changes | null;
  readonly result: Result;
}

/** A decision that relies on nothing but the items that it writes. */
export function storing<Result>(
  writes: readonly Write[],
  audit: readonly AuditEntry[],
  result: Result,
): Decision<Result> {
  return { changes: { writes, unchanged: [], audit }, result };
}

/**
 * Reads, decides and commits, until nobody else has changed meanwhile what was read. A caller that had no answer repeats
 * itself: the decision then finds that it holds already.
 */
export async function transact<State, Result>(
  verb: {
    /** `attempt` counts from 0. What the request has read before may be used only then. */
    readonly read: (attempt: number) => Promise<State>;
    /** Pure, because it is asked again with each attempt. @throws {Refusal} */
    readonly decide: (state: State) => Decision<Result>;
  },
  { commit, backoff }: Transactions,
  signal: AbortSignal,
): Promise<Result> {
  for (let attempt = 0; ; attempt += 1) {
    const { changes, result } = verb.decide(await verb.read(attempt));
    if (changes === null || (await commit(changes, signal))) return result;
    await backoff(attempt, signal);
  }
}
