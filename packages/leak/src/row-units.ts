import type { Tie } from "./changes.ts";
import type { Found } from "./line-schemas.ts";
import type { Place } from "./model.ts";
import { idOf } from "./plan-output.ts";
import { Units } from "./units.ts";

/** Which places of rows foreign keys tie to those of other rows. */
export class RowUnits {
  /** Columns that foreign keys connect are in one unit. */
  readonly #columns = new Units();
  /** Subjects, each in such columns. */
  readonly #subjects = new Units();
  readonly #keyOf: (table: string) => readonly string[];

  constructor(ties: readonly Tie[], keyOf: (table: string) => readonly string[]) {
    this.#keyOf = keyOf;
    for (const { child, columns, parent, parentColumns } of ties) {
      const own = columns.map((column) => idOf(child, column));
      this.#columns.add([...own, ...parentColumns.map((column) => idOf(parent, column))], []);
    }
    this.#columns.arrange();
  }

  /** @returns whether the row is tied */
  add(row: Found): boolean {
    const tied = row.places.filter((place) => this.#isTied(row, place));
    const key = row.key === null ? [] : this.#keyOf(row.table);
    const inKey = tied.filter(({ column }) => key.includes(column));
    this.#subjects.add(
      inKey.map((place) => this.#tieOf(row, place)),
      tied.map((place) => this.#tieOf(row, place)),
    );
    return tied.length > 0;
  }

  arrange(): void {
    this.#subjects.arrange();
  }

  get count(): number {
    return this.#subjects.count;
  }

  /** A line for each unit of the row, in their order; its other places are in the first of them. */
  linesOf(row: Found): (readonly [unit: number | null, Place[]])[] {
    const tied = row.places.filter((place) => this.#isTied(row, place));
    const others = row.places.filter((place) => !this.#isTied(row, place));
    const units = Map.groupBy(tied, (place) => this.#subjects.placeOf(this.#tieOf(row, place)) ?? 0);
    const [first, ...rest] = [...units].sort(([one], [other]) => one - other);
    if (first === undefined) return others.length === 0 ? [] : [[null, others]];
    return [[first[0], [...first[1], ...others]], ...rest];
  }

  #isTied({ table }: Found, { column, path }: Place): boolean {
    return path.length === 0 && this.#columns.placeOf(idOf(table, column)) !== null;
  }

  #tieOf({ table }: Found, { column, subject }: Place): string {
    return JSON.stringify([this.#columns.placeOf(idOf(table, column)), subject]);
  }
}
