import type { Reason } from "../wire/index.ts";
import { batchesOf } from "./batches.ts";
import { Refusal } from "./refusal.ts";
import type { Transactions } from "./transaction.ts";

/** How many rows a call takes. */
export const MOST_ROWS = 100;
/** How many rows count as one change where changes are limited: more than a row costs, less than a call does. */
const ROWS_A_CHANGE = 10;
/** When no further row begins. What has begun by then ends before the deadline of the request. */
const BEGIN_MS = 2_000;

type Outcome = "changed" | "unchanged" | "not-reached" | Reason;

/** What became of a row. */
export interface Verdict<Row, Answer> {
  readonly row: Row;
  /**
   * `unchanged`: it held already. `not-reached`: the time was up, or the store was down, before it began. After another
   * reason than STORE_UNAVAILABLE it was not changed.
   */
  readonly outcome: Outcome;
  /** Completes the message of a reason. */
  readonly hint: string | null;
  /** As it is now; null where it is not known. */
  readonly answer: Answer | null;
}

interface Rows<Row> {
  readonly rows: readonly Row[];
  /** How many are read at once. Their transactions are one after the other. */
  readonly atOnce: number;
}

interface RowPorts {
  readonly transactions: Transactions;
  readonly now: () => Date;
}

const NOT_REACHED = { outcome: "not-reached", hint: null, answer: null } as const;
/** After these the next row would only wait for the same. */
const OUTAGES: readonly Outcome[] = ["STORE_UNAVAILABLE", "OVERLOADED"];

/** How many changes such a call counts as. */
export function changesOfRows(count: number): number {
  return Math.ceil(count / ROWS_A_CHANGE);
}

/**
 * Changes each row by the verb for one, in a transaction of its own: what one row is refused for stops no other.
 * @returns a verdict for each, in their order
 */
export async function changeEach<Row, Ports extends RowPorts, Answer>(
  { rows, atOnce }: Rows<Row>,
  change: (row: Row, ports: Ports) => Promise<Answer>,
  ports: Ports,
  signal: AbortSignal,
): Promise<Verdict<Row, Answer>[]> {
  const beganMs = ports.now().getTime();
  const transactions = inTurn(ports.transactions);
  const verdicts: Verdict<Row, Answer>[] = [];
  for (const some of batchesOf(rows, atOnce)) {
    const isDown = verdicts.slice(-atOnce).some(({ outcome }) => OUTAGES.includes(outcome));
    const isOver = isDown || signal.aborted || ports.now().getTime() - beganMs >= BEGIN_MS;
    const judged = some.map(async (row) => {
      if (isOver) return { row, ...NOT_REACHED };
      const changeRow = (own: Transactions) => change(row, { ...ports, transactions: own });
      return { row, ...(await verdictOf(changeRow, transactions)) };
    });
    verdicts.push(...(await Promise.all(judged)));
  }
  return verdicts;
}

async function verdictOf<Answer>(
  change: (transactions: Transactions) => Promise<Answer>,
  { commit, backoff }: Transactions,
): Promise<Omit<Verdict<never, Answer>, "row">> {
  let isStored = false;
  const watched: Transactions = {
    backoff,
    async commit(changes, signal) {
      isStored = await commit(changes, signal);
      return isStored;
    },
  };
  try {
    const answer = await change(watched);
    return { outcome: isStored ? "changed" : "unchanged", hint: null, answer };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { outcome: error.reason, hint: error.hint ?? null, answer: null };
  }
}

/** All of them rely on the membership of who changes them, and a store refuses transactions of one item at the same time. */
function inTurn({ commit, backoff }: Transactions): Transactions {
  let last: Promise<unknown> = Promise.resolve();
  return {
    backoff,
    commit(changes, signal) {
      const own = last.then(() => commit(changes, signal));
      last = own.catch(() => {});
      return own;
    },
  };
}
