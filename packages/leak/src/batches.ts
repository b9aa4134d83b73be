import type { PlannedRow } from "./changes.ts";

const MOST_ROWS = 500;
/** A document is read whole, so that a batch has fewer of them. */
const WEIGHT_OF_DOCUMENT = 10;

/**
 * Rows that are changed in one transaction: at most 500, of which each unit is whole. A unit that is larger is a batch of its
 * own. Rows with a unit and without one do not share a batch, because both may be lines of the same row.
 */
export async function* batchesOf(rows: AsyncIterable<PlannedRow>): AsyncGenerator<readonly PlannedRow[]> {
  let batch: PlannedRow[] = [];
  const unit: PlannedRow[] = [];
  let weight = 0;
  const weightOf = (all: readonly PlannedRow[]) => all.reduce((sum, row) => sum + weightOfRow(row), 0);
  function* endUnit(): Generator<readonly PlannedRow[]> {
    const isOther = batch.length > 0 && (batch[0]?.unit === null) !== (unit[0]?.unit === null);
    const added = weightOf(unit);
    if (batch.length > 0 && (isOther || weight + added > MOST_ROWS)) {
      yield batch;
      batch = [];
      weight = 0;
    }
    for (const row of unit.splice(0)) batch.push(row);
    weight += added;
  }
  for await (const row of rows) {
    const isSame = unit.length > 0 && row.unit !== null && unit[0]?.unit === row.unit;
    if (!isSame && unit.length > 0) yield* endUnit();
    unit.push(row);
  }
  if (unit.length > 0) yield* endUnit();
  if (batch.length > 0) yield batch;
}

function weightOfRow({ changes }: PlannedRow): number {
  return changes.some(({ path }) => path.length > 0) ? WEIGHT_OF_DOCUMENT : 1;
}

/** The same rows as lists: each unit, and each row without one. */
export function unitsOf<Row extends { readonly unit: string | null }>(rows: readonly Row[]): Row[][] {
  const units: Row[][] = [];
  for (const row of rows) {
    const last = units.at(-1);
    if (row.unit !== null && last?.[0]?.unit === row.unit) last.push(row);
    else units.push([row]);
  }
  return units;
}
