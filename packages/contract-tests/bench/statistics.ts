/** The middle half of some values. */
export interface Quartiles {
  readonly lower: number;
  readonly median: number;
  readonly upper: number;
}

export function quartiles(values: readonly number[]): Quartiles {
  return { lower: quantile(0.25, values), median: quantile(0.5, values), upper: quantile(0.75, values) };
}

/** Interpolates linearly between two values. NaN without any. */
export function quantile(share: number, values: readonly number[]): number {
  const sorted = values.toSorted((x, y) => x - y);
  const position = share * (sorted.length - 1);
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}
