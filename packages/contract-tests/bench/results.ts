import { type Quartiles, quartiles } from "./statistics.ts";

/** One measured value. */
export interface Row {
  readonly group: Group;
  readonly name: string;
  /** Over the rounds. The median counts. */
  readonly value: Quartiles;
  readonly unit: Unit;
  /** Null where a value is only for comparison. */
  readonly limit: Limit | null;
  /** Answers a second on one core, median; null where it was not measured. */
  readonly perSecond: number | null;
  /** CPU time of one answer in microseconds, median; null where it was not measured. */
  readonly cpuMicros: number | null;
}

/** `of bare`: the CPU time of a bare server divided by ours, so 0.80 means 1.25 times the cost. */
export type Unit = "of bare" | "of before" | "times" | "ms" | "MB" | "M/s" | "kB" | "calls" | "%";

export const GROUPS = [
  "auth.validate, ACCESS_LOG=refused",
  "auth.validate, a log line a request",
  "other requests",
  "many tokens",
  "what asks the stores",
  "first logins at once, each on a connection of its own",
  "10,000 joins of one organization, in four processes",
  "start and SDK",
  "the console with 10,000 members",
  "peers with the same tokens and answers",
] as const;

export type Group = (typeof GROUPS)[number];

export type Limit = { readonly atLeast: number } | { readonly atMost: number };

/** Added latency for a caller on the same machine, one request at a time, in milliseconds. */
export interface Latency {
  readonly name: string;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** One run of the bench, as `docs/performance.json` holds it. */
export interface Results {
  readonly ranOn: {
    readonly cpu: string;
    readonly cores: number;
    readonly node: string;
    readonly date: string;
    readonly commit: string;
    readonly rounds: number;
  };
  readonly rows: readonly Row[];
  readonly latencies: readonly Latency[];
  /** How often one first login makes each store operation and directory call. */
  readonly firstLoginCalls: Readonly<Record<string, number>>;
  /** CPU time of one `GetItem` of the AWS SDK alone in microseconds; null where it was not measured. */
  readonly storeReadMicros: number | null;
}

export function isWithin({ value, limit }: Row): boolean {
  return keeps(value.median, limit);
}

function keeps(value: number, limit: Limit | null): boolean {
  if (limit === null) return true;
  return "atLeast" in limit ? value >= limit.atLeast : value <= limit.atMost;
}

/** The limit lies within the middle half of the rounds, so more rounds may decide otherwise. */
export function isUndecided({ value: { lower, upper }, limit }: Row): boolean {
  return keeps(lower, limit) !== keeps(upper, limit);
}

const MOST_TIMES = 3;

/** Numbers from 1: the rounds of a measurement, and up to twice as many again while a row of all so far is undecided. */
export function* roundsOf(rounds: number, rows: () => readonly Row[]): Generator<number> {
  for (let round = 1; round <= MOST_TIMES * rounds; round++) {
    if (round > rounds && !rows().some(isUndecided)) return;
    yield round;
  }
}

/** The rows that miss their limit. */
export function missed({ rows }: Results): readonly Row[] {
  return rows.filter((row) => !isWithin(row));
}

type Described = Pick<Row, "group" | "name" | "unit" | "limit">;

/** A row of values that are not a server's CPU time. */
export function plainRow(described: Described, values: readonly number[]): Row {
  return { ...described, value: quartiles(values), perSecond: null, cpuMicros: null };
}
