import type { Batch, LeakSource, Table } from "./model.ts";
import type { ScanState } from "./scan-state.ts";

/** What was found in a column. */
export interface Found {
  readonly table: Table;
  readonly column: string;
  rows: number;
  /** Indexes of the subjects. */
  readonly subjects: Set<number>;
  resembling: number;
}

export interface Tally {
  readonly rows: number;
  readonly position: unknown;
  readonly subjects: readonly string[];
  readonly columns: readonly Found[];
  isDone(table: Table): boolean;
  add(table: Table, batch: Batch): void;
  end(table: Table): void;
  state(): Omit<ScanState, "kind" | "version">;
}

/** What a scan remembers: it grows with the different subjects, not with the rows. */
export function createTally(
  identity: Pick<ScanState, "fingerprint" | "pattern" | "place" | "begunAt">,
  former: ScanState | null,
  { catalog }: LeakSource,
): Tally {
  const tables = new Map(catalog.tables.map((table) => [table.name, table]));
  const indexes = new Map((former?.subjects ?? []).map((subject, index) => [subject, index]));
  const done = new Set(former?.done);
  const columns = new Map<string, Found>();
  let { rows = 0, position = null } = former ?? {};
  const columnOf = (table: Table, column: string) => {
    const name = JSON.stringify([table.name, column]);
    const found = columns.get(name) ?? { table, column, rows: 0, subjects: new Set(), resembling: 0 };
    columns.set(name, found);
    return found;
  };
  const indexOf = (subject: string) => {
    const index = indexes.get(subject) ?? indexes.size;
    indexes.set(subject, index);
    return index;
  };
  for (const { table, column, ...counts } of former?.columns ?? []) {
    const own = tables.get(table);
    if (own !== undefined)
      Object.assign(columnOf(own, column), counts, { subjects: new Set(counts.subjects) });
  }
  return {
    get rows() {
      return rows;
    },
    get position() {
      return position;
    },
    get subjects() {
      return [...indexes.keys()];
    },
    get columns() {
      return [...columns.values()];
    },
    isDone: ({ name }) => done.has(name),
    add(table, batch) {
      rows += batch.rows;
      position = batch.position;
      for (const { places } of batch.found) {
        for (const { column, subject } of places) columnOf(table, column).subjects.add(indexOf(subject));
        for (const column of new Set(places.map((place) => place.column))) columnOf(table, column).rows += 1;
      }
      for (const [column, count] of batch.resembling) columnOf(table, column).resembling += count;
    },
    end({ name }) {
      done.add(name);
      position = null;
    },
    state: () => ({
      ...identity,
      rows,
      done: [...done],
      position,
      subjects: [...indexes.keys()],
      columns: [...columns.values()].map(({ table, column, subjects, ...counts }) => {
        return { table: table.name, column, subjects: [...subjects], ...counts };
      }),
    }),
  };
}
