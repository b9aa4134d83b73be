import { quantile } from "./statistics.ts";

/**
 * One side of a comparison. `prepare` returns the next request, and only that request is timed. It returns whether
 * the reply was the expected one, because a refusal may be faster.
 */
export interface Side {
  readonly name: string;
  readonly prepare: () => Promise<() => Promise<boolean>>;
}

export interface Limits {
  readonly warmupMs: number;
  readonly measureMs: number;
  readonly nowMs: () => number;
}

export interface Ratio {
  readonly rounds: number;
  /** Medians. */
  readonly aMs: number;
  readonly bMs: number;
  /** The duration of A divided by that of B, per round: the median and its quartiles. */
  readonly quartiles: readonly [lower: number, median: number, upper: number];
}

interface Round {
  readonly a: readonly [number, number];
  readonly b: readonly [number, number];
}

/**
 * Measures two sides in rounds of A B B A, so that a slowing machine affects both alike.
 * @throws when a request gets an unexpected reply
 */
export async function sideBySide(a: Side, b: Side, { warmupMs, measureMs, nowMs }: Limits): Promise<Ratio> {
  await measureRounds(a, b, warmupMs, nowMs);
  const rounds = await measureRounds(a, b, measureMs, nowMs);
  const ratios = rounds.map((round) => sum(round.a) / sum(round.b));
  return {
    rounds: rounds.length,
    aMs: quantile(
      0.5,
      rounds.flatMap((round) => round.a),
    ),
    bMs: quantile(
      0.5,
      rounds.flatMap((round) => round.b),
    ),
    quartiles: [quantile(0.25, ratios), quantile(0.5, ratios), quantile(0.75, ratios)],
  };
}

/** At least one round, then more until the time is up. */
async function measureRounds(a: Side, b: Side, forMs: number, nowMs: () => number): Promise<Round[]> {
  const rounds: Round[] = [];
  const endMs = nowMs() + forMs;
  do {
    const a1 = await measure(a, nowMs);
    const b1 = await measure(b, nowMs);
    const b2 = await measure(b, nowMs);
    const a2 = await measure(a, nowMs);
    rounds.push({ a: [a1, a2], b: [b1, b2] });
  } while (nowMs() < endMs);
  return rounds;
}

async function measure({ name, prepare }: Side, nowMs: () => number): Promise<number> {
  const request = await prepare();
  const startMs = nowMs();
  const isExpected = await request();
  const tookMs = nowMs() - startMs;
  if (!isExpected) throw new Error(`unexpected reply, so there is nothing to compare: ${name}`);
  return tookMs;
}

function sum([first, second]: readonly [number, number]): number {
  return first + second;
}
