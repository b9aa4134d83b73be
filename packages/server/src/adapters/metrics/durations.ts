/** The upper bounds of the buckets, in milliseconds. */
const BOUNDS_MS = [0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000] as const;
/** The last bucket has no bound. */
const WIDTH = BOUNDS_MS.length + 1;

/** The bounds as Prometheus has them, in seconds. */
export const BOUNDS_SECONDS: readonly number[] = BOUNDS_MS.map((ms) => ms / 1_000);

export type Labels = Readonly<Record<string, string>>;

/** One row as it is rendered. */
export interface DurationsRow {
  readonly labels: Labels;
  /** How many durations were at most each of {@link BOUNDS_SECONDS}, then how many there were. */
  readonly atMost: readonly number[];
  readonly sumSeconds: number;
}

/** Histograms in a fixed number of rows, each for one combination of labels. */
export class Durations {
  readonly #max: number;
  readonly #labels: Labels[] = [];
  readonly #counts: Float64Array;
  readonly #sumsMs: Float64Array;

  constructor(max: number) {
    this.#max = max;
    this.#counts = new Float64Array(max * WIDTH);
    this.#sumsMs = new Float64Array(max);
  }

  /** A new row's number; null if all rows are in use. */
  add(labels: Labels): number | null {
    return this.#labels.length < this.#max ? this.#labels.push(labels) - 1 : null;
  }

  /** Allocates nothing. */
  observe(row: number, ms: number): void {
    let bucket = 0;
    while (ms > (BOUNDS_MS[bucket] ?? Number.POSITIVE_INFINITY)) bucket += 1;
    const cell = row * WIDTH + bucket;
    this.#counts[cell] = (this.#counts[cell] ?? 0) + 1;
    this.#sumsMs[row] = (this.#sumsMs[row] ?? 0) + ms;
  }

  rows(): DurationsRow[] {
    return this.#labels.map((labels, row) => {
      let total = 0;
      const atMost = [...this.#counts.subarray(row * WIDTH, (row + 1) * WIDTH)].map((count) => {
        total += count;
        return total;
      });
      return { labels, atMost, sumSeconds: (this.#sumsMs[row] ?? 0) / 1_000 };
    });
  }
}
