import type {
  ConflictRule,
  Objection,
  PlannedChange,
  PlannedConflict,
  PlannedRow,
  PlanRules,
  Tie,
} from "./changes.ts";
import type { LeakSource, Place, Progress, Resolution, RowKey } from "./model.ts";
import { LineWriter, type PlanWriter } from "./plan-file.ts";
import { removeFile } from "./plan-part.ts";

/** What is known once everything was read. */
export interface Knowledge {
  readonly users: ReadonlyMap<string, Resolution>;
  /** Of a UUID all subjects that will become it. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
  /** UUIDs that a column has already, by {@link idOf}. */
  readonly present: ReadonlyMap<string, ReadonlySet<string>>;
  /** Tables with keys that must not be written down. */
  readonly personal: ReadonlySet<string>;
}

export interface PlanningOptions {
  readonly source: LeakSource;
  readonly rules: PlanRules;
  /** Whether rows may be given to a UUID that their column has already. */
  readonly merges: boolean;
  readonly report: (progress: Progress) => void;
}

/** Rows of a table that stay for one reason. */
export interface ConflictCount {
  readonly table: string;
  readonly rule: ConflictRule;
  readonly conflicts: number;
  /** What stands in the way of one of them, and what can be chosen. */
  readonly example: string;
}

export interface PlanSum {
  readonly rows: number;
  readonly tables: readonly { readonly table: string; readonly rows: number }[];
  readonly conflicts: readonly ConflictCount[];
  readonly notes: readonly string[];
}

export function idOf(table: string, column: string): string {
  return JSON.stringify([table, column]);
}

/** Writes and counts what is planned. Conflicts come after the rows, notes at the end. */
export class PlanOutput {
  readonly #file: string;
  readonly #conflicts: LineWriter;
  readonly #known: Knowledge;
  readonly #options: PlanningOptions;
  readonly #writer: PlanWriter;
  readonly #byHand = new Set<string>();
  readonly #changed = new Map<string, Set<string>>();
  readonly #carried = new Map<Tie, number>();
  readonly #conflictCounts = new Map<string, ConflictCount>();
  readonly #rowCounts = new Map<string, number>();
  #rows = 0;

  private constructor(
    file: string,
    conflicts: LineWriter,
    known: Knowledge,
    options: PlanningOptions,
    writer: PlanWriter,
  ) {
    this.#file = file;
    this.#conflicts = conflicts;
    this.#known = known;
    this.#options = options;
    this.#writer = writer;
  }

  /** @param file where conflicts wait for the end */
  static async create(
    file: string,
    known: Knowledge,
    options: PlanningOptions,
    writer: PlanWriter,
  ): Promise<PlanOutput> {
    return new PlanOutput(file, await LineWriter.create(file), known, options, writer);
  }

  get rows(): number {
    return this.#rows;
  }

  async write(row: PlannedRow, objection: Objection | null): Promise<void> {
    if (objection !== null) return this.conflict(row, row.changes, objection);
    const columns = this.#changed.get(row.table) ?? new Set();
    this.#changed.set(row.table, columns);
    for (const { column } of row.changes) columns.add(column);
    this.#rows += 1;
    this.#rowCounts.set(row.table, (this.#rowCounts.get(row.table) ?? 0) + 1);
    await this.#writer.write(row);
  }

  async conflict(
    { table, key }: { readonly table: string; readonly key: RowKey | null },
    places: readonly Place[],
    { rule, text }: Objection,
  ): Promise<void> {
    const id = JSON.stringify([table, rule]);
    const counted = this.#conflictCounts.get(id) ?? { table, rule, conflicts: 0, example: text };
    this.#conflictCounts.set(id, { ...counted, conflicts: counted.conflicts + 1 });
    const found = places.map(({ column, path, subject }) => ({ column, path, subject }));
    const line: PlannedConflict = { kind: "conflict", table, key, rule, places: found, text };
    await this.#conflicts.write(JSON.stringify(line));
  }

  /** Each subject of a column once, however many rows have it. */
  async leaveByHand(name: string, change: PlannedChange): Promise<void> {
    const { rules, source } = this.#options;
    const id = JSON.stringify([name, change.column, change.subject]);
    const table = source.catalog.tables.find((one) => one.name === name);
    if (this.#byHand.has(id) || table === undefined) return;
    this.#byHand.add(id);
    const why = this.#known.personal.has(name)
      ? "Keys of the table look like addresses or tokens, which a plan must not hold."
      : "The table has no primary key, so that no row of it can be named.";
    const text = `${why} ${rules.byHand(table, change)}`;
    await this.conflict({ table: name, key: null }, [change], { rule: "no-primary-key", text });
  }

  /** A row that follows its parent by itself. */
  carry(tie: Tie): void {
    this.#carried.set(tie, (this.#carried.get(tie) ?? 0) + 1);
  }

  async end(): Promise<PlanSum> {
    await this.#conflicts.flush();
    await this.#writer.copyConflicts(this.#file);
    const { rules, source } = this.#options;
    const notes = [...rules.notes(this.#changed), ...this.#notes(), ...source.catalog.notes];
    for (const text of notes) await this.#writer.write({ kind: "note", text });
    const tables = [...this.#rowCounts].map(([table, rows]) => ({ table, rows }));
    return { rows: this.#rows, tables, conflicts: [...this.#conflictCounts.values()], notes };
  }

  async close(): Promise<void> {
    await this.#conflicts.close();
    await removeFile(this.#file);
  }

  #notes(): string[] {
    const notes = [...this.#carried].map(
      ([{ name, child }, rows]) =>
        `${rows} rows of ${child} follow by ${name} (ON UPDATE CASCADE), and are not planned`,
    );
    const joined = [...this.#known.aliases.values()].filter(({ length }) => length > 1).length;
    if (joined > 0) notes.push(`${joined} people have several subjects, whose rows will be under one UUID`);
    return notes;
  }
}
