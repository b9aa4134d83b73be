import { quantile } from "../bench/statistics.ts";
import { type Entry, KINDS, type Kind, kindOf, successOf } from "./ledger.ts";
import type { Run } from "./run.ts";

/** One second of a run, by the time at which the requests were sent. */
export interface Second {
  readonly counts: Readonly<Record<Kind, number>>;
  /** Of valid requests, in milliseconds; null without one. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/** What to draw: every second of the load. */
export function secondsOf({ plan, ledger }: Pick<Run, "plan" | "ledger">): Second[] {
  const buckets: Entry[][] = Array.from({ length: plan.seconds }, () => []);
  for (const entry of ledger.entries) buckets[Math.floor(entry.sentMs / 1_000)]?.push(entry);
  return buckets.map((entries) => {
    const kinds = entries.map(kindOf);
    const counts = Object.fromEntries(
      KINDS.map((kind) => [kind, kinds.filter((each) => each === kind).length]),
    ) as Record<Kind, number>;
    const times = entries
      .filter((entry) => successOf(entry) !== null)
      .map(({ sentMs, answeredMs }) => answeredMs - sentMs);
    const at = (share: number) => (times.length === 0 ? null : quantile(share, times));
    return { counts, p50Ms: at(0.5), p99Ms: at(0.99) };
  });
}
