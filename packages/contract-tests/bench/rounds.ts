import { isUndecided, type Row, roundsOf } from "./results.ts";
import type { BenchServer } from "./servers.ts";
import { quantile, quartiles } from "./statistics.ts";
import { prepare, sendFor, sendOnce, type Timed, type Workload } from "./wrk.ts";

/** What one run cost the server. */
export interface Cost {
  /** CPU time of one request, in nanoseconds. */
  readonly cpuNs: number;
  /** Requests a second; null where they were not sent for a time. */
  readonly perSecond: number | null;
}

/** A request that is measured, beside a bare server that answers the same. */
export interface Comparison extends Pick<Row, "group" | "name" | "limit"> {
  readonly server: BenchServer;
  readonly load: Workload;
  /** Names the bare side. Comparisons with the same one share its runs. */
  readonly bare: Side;
}

export interface Side {
  readonly server: BenchServer;
  readonly load: Workload;
}

const TRIES = 3;

/**
 * Sends each request once, so that all is remembered, then measures three times for a third of the time. The cheapest
 * counts: what else the machine and its host do only adds.
 */
async function costFor(ms: number, { server, load }: Side): Promise<Cost> {
  await prepare(load);
  const costs: { readonly cpuNs: number; readonly perSecond: number }[] = [];
  for (let tries = 1; tries <= TRIES; tries++) {
    const beforeNs = server.process.cpuNs();
    const { requests, seconds }: Timed = await sendFor(ms / TRIES, load);
    costs.push({ cpuNs: (server.process.cpuNs() - beforeNs) / requests, perSecond: requests / seconds });
  }
  return costs.reduce((one, other) => (one.cpuNs <= other.cpuNs ? one : other));
}

/** Measures one pass over the requests. */
export async function costOnce({ server, load }: Side): Promise<Cost> {
  const beforeNs = server.process.cpuNs();
  await sendOnce(load);
  return { cpuNs: (server.process.cpuNs() - beforeNs) / load.count, perSecond: null };
}

/**
 * Node compiles what a request runs again and again: a call through tRPC takes 110 µs after 12,000 requests, 92 after 50,000
 * and 85 after 100,000. 10 s are enough of the slowest.
 */
const WARMUP = { requests: 100_000, stepMs: 1_000, steps: 10 };

async function warmUp({ load }: Side): Promise<void> {
  await prepare(load);
  for (let step = 0, sent = 0; step < WARMUP.steps && sent < WARMUP.requests; step++) {
    sent += (await sendFor(WARMUP.stepMs, load)).requests;
  }
}

/** Measures the comparisons in turn, round after round, when both sides of each are warm: each at least so many rounds. */
export async function measureRounds(
  comparisons: readonly Comparison[],
  { rounds, runMs, progress }: { rounds: number; runMs: number; progress: (text: string) => void },
): Promise<Row[]> {
  const costs = comparisons.map((): { ours: Cost; bare: Cost }[] => []);
  progress("warming up");
  for (const side of new Set(comparisons.flatMap((comparison) => [comparison.bare, comparison])))
    await warmUp(side);
  const rowOf = ({ group, name, limit }: Comparison, index: number) =>
    ratioRow({ group, name, limit, unit: "of bare" }, costs[index] ?? []);
  for (const round of roundsOf(rounds, () => comparisons.map(rowOf))) {
    progress(`round ${round}`);
    const bareCosts = new Map<Side, Cost>();
    for (const [index, comparison] of comparisons.entries()) {
      if (round > rounds && !isUndecided(rowOf(comparison, index))) continue;
      const bare = bareCosts.get(comparison.bare) ?? (await costFor(runMs, comparison.bare));
      bareCosts.set(comparison.bare, bare);
      costs[index]?.push({ ours: await costFor(runMs, comparison), bare });
    }
  }
  return comparisons.map(rowOf);
}

/** The row of a server beside a bare one. */
export function ratioRow(
  described: Pick<Row, "group" | "name" | "limit" | "unit">,
  costs: readonly { readonly ours: Cost; readonly bare: Cost }[],
): Row {
  const perSecond = costs.map(({ ours }) => ours.perSecond).filter((rate) => rate !== null);
  return {
    ...described,
    value: quartiles(costs.map(({ ours, bare }) => bare.cpuNs / ours.cpuNs)),
    perSecond: perSecond.length === 0 ? null : Math.round(quantile(0.5, perSecond)),
    cpuMicros: quantile(
      0.5,
      costs.map(({ ours }) => ours.cpuNs / 1_000),
    ),
  };
}
