import type { Objection, PlannedChange, PlannedRow } from "./changes.ts";
import type { Found } from "./line-schemas.ts";
import type { Place, Table } from "./model.ts";
import { LineWriter, type PlanWriter } from "./plan-file.ts";
import { idOf, type Knowledge, type PlanningOptions, PlanOutput, type PlanSum } from "./plan-output.ts";
import { foundRows, removeFile, stopIf } from "./plan-part.ts";
import { isKnown, judgePlaces } from "./plan-places.ts";
import { RowUnits } from "./row-units.ts";
import { type Part, settle } from "./tied-rows.ts";

const JUDGED_TOGETHER = 500;
const TIED_IN_MEMORY = 20_000;
const MOST_BUCKETS = 256;

/** Writes the lines of a plan from the rows that were found: those that are tied last, unit by unit. */
export async function writeRows(
  part: string,
  known: Knowledge,
  options: PlanningOptions,
  writer: PlanWriter,
  signal: AbortSignal,
): Promise<PlanSum> {
  const output = await PlanOutput.create(`${part}.conflicts`, known, options, writer);
  const planning = new Planning(known, options, output);
  const buckets: { readonly file: string; readonly lines: LineWriter }[] = [];
  try {
    const tied = await planning.tie(foundRows(part), signal);
    const count = Math.min(MOST_BUCKETS, Math.ceil(tied / TIED_IN_MEMORY));
    for (let at = 0; at < count; at += 1) {
      const file = `${part}.${at}`;
      buckets.push({ file, lines: await LineWriter.create(file) });
    }
    const writers = buckets.map(({ lines }) => lines);
    await planning.divide(foundRows(part), writers, signal);
    for (const { file, lines } of buckets) {
      await lines.flush();
      await planning.decide(foundRows(file), signal);
    }
    return await output.end();
  } finally {
    for (const { file, lines } of buckets) {
      await lines.close();
      await removeFile(file);
    }
    await output.close();
  }
}

class Planning {
  readonly #known: Knowledge;
  readonly #options: PlanningOptions;
  readonly #output: PlanOutput;
  readonly #units: RowUnits;
  readonly #tables: ReadonlyMap<string, Table>;
  readonly #waiting = new Map<string, PlannedRow[]>();

  constructor(known: Knowledge, options: PlanningOptions, output: PlanOutput) {
    this.#known = known;
    this.#options = options;
    this.#output = output;
    this.#tables = new Map(options.source.catalog.tables.map((table) => [table.name, table]));
    this.#units = new RowUnits(options.rules.ties, (table) => this.#tables.get(table)?.key ?? []);
  }

  /** @returns how many rows are tied */
  async tie(found: AsyncIterable<Found>, signal: AbortSignal): Promise<number> {
    let count = 0;
    for await (const read of found) {
      stopIf(signal);
      if (read.left !== null) continue;
      const row = this.#hidden(read);
      const known = row.places.filter((place) => isKnown(place, this.#known) && place.byHand === undefined);
      if (this.#units.add({ ...row, places: known })) count += 1;
    }
    this.#units.arrange();
    return count;
  }

  /** Plans rows that are not tied, and puts the others where their unit is. */
  async divide(
    found: AsyncIterable<Found>,
    buckets: readonly LineWriter[],
    signal: AbortSignal,
  ): Promise<void> {
    for await (const read of found) {
      stopIf(signal);
      const row = this.#hidden(read);
      if (row.left !== null) {
        await this.#output.conflict(row, row.places, { rule: "by-hand", text: row.left });
        continue;
      }
      const places = await this.#knownPlaces(row);
      for (const [unit, some] of this.#units.linesOf({ ...row, places })) {
        if (unit !== null) {
          const bucket = buckets[Math.floor((unit * buckets.length) / this.#units.count)];
          const line: Found = { ...row, places: some, unit };
          await bucket?.write(JSON.stringify(line));
        } else if (row.key === null) {
          for (const change of this.#rowOf(row.table, [], some, null).changes)
            await this.#output.leaveByHand(row.table, change);
        } else await this.#plan({ ...row, places: some }, row.key);
      }
    }
    for (const table of this.#waiting.keys()) await this.#judge(table, signal);
  }

  /** Plans the rows of some units together. */
  async decide(found: AsyncIterable<Found>, signal: AbortSignal): Promise<void> {
    const rows: PlannedRow[] = [];
    const byHand = new Set<PlannedRow>();
    for await (const { table, key, places, unit } of found) {
      const row = this.#rowOf(table, key ?? [], places, String(unit));
      rows.push(row);
      if (key === null) byHand.add(row);
    }
    const parts: Part[] = [];
    for (const [name, all] of Map.groupBy(rows, ({ table }) => table)) {
      for (let at = 0; at < all.length; at += JUDGED_TOGETHER) {
        stopIf(signal);
        const some = all.slice(at, at + JUDGED_TOGETHER);
        for (const one of await this.#partsOf(name, some, byHand, signal)) parts.push(one);
      }
    }
    const units = [...Map.groupBy(parts, ({ row }) => Number(row.unit))].sort(
      ([one], [other]) => one - other,
    );
    for (const [, unit] of units) {
      settle(unit);
      await this.#writeUnit(unit);
    }
  }

  /** Where one key of a table must not be written down, none is. */
  #hidden(row: Found): Found {
    return this.#known.personal.has(row.table) ? { ...row, key: null } : row;
  }

  /** Without those that nobody knows, and those that follow others by themselves. */
  async #knownPlaces(row: Found): Promise<readonly Place[]> {
    const { planned, left } = judgePlaces(
      row.places,
      this.#tables.get(row.table)?.columns ?? [],
      this.#known,
    );
    for (const { places, objection } of left) await this.#output.conflict(row, places, objection);
    return planned;
  }

  async #plan({ table, places }: Found, key: readonly string[]): Promise<void> {
    const waiting = this.#waiting.get(table) ?? [];
    this.#waiting.set(table, waiting);
    waiting.push(this.#rowOf(table, key, places, null));
    if (waiting.length >= JUDGED_TOGETHER) await this.#judge(table, new AbortController().signal);
  }

  async #judge(table: string, signal: AbortSignal): Promise<void> {
    const rows = this.#waiting.get(table)?.splice(0) ?? [];
    if (rows.length === 0) return;
    for (const [at, objection] of (await this.#objections(table, rows, signal)).entries()) {
      const row = rows[at];
      if (row !== undefined) await this.#output.write(row, objection);
    }
  }

  async #objections(table: string, rows: readonly PlannedRow[], signal: AbortSignal) {
    const { source, rules, merges, report } = this.#options;
    const found = this.#tables.get(table);
    report({ what: "rows planned", done: this.#output.rows, all: null });
    if (found === undefined) throw new Error(`${table} is not in the catalog of ${source.catalog.label}`);
    const judged = await rules.judge(found, rows, this.#known.aliases, signal);
    return rows.map((row, at) => {
      const objection = judged[at] ?? null;
      return objection ?? (merges ? null : this.#mergeOf(row));
    });
  }

  #mergeOf({ table, changes }: PlannedRow): Objection | null {
    const merged = changes.find(({ column, userId }) =>
      this.#known.present.get(idOf(table, column))?.has(userId),
    );
    if (merged === undefined) return null;
    const columns = [...new Set(changes.map(({ column }) => column))];
    const held = columns.length > 1 ? ` The whole row stays: ${columns.join(", ")}.` : "";
    return {
      rule: "merge",
      text: `${merged.column} has rows under ${merged.userId} already, which would be the same person's from then on. Plan again with --merge to join them, or leave the row.${held}`,
    };
  }

  async #partsOf(
    table: string,
    rows: readonly PlannedRow[],
    byHand: ReadonlySet<PlannedRow>,
    signal: AbortSignal,
  ): Promise<Part[]> {
    const { ties } = this.#options.rules;
    const keyed = rows.filter((row) => !byHand.has(row));
    const objections = await this.#objections(table, keyed, signal);
    const parts = new Map<PlannedRow, Part & { references: Part["references"][number][] }>();
    for (const row of rows) {
      const isByHand = byHand.has(row);
      const objection = isByHand ? BY_HAND : (objections[keyed.indexOf(row)] ?? null);
      parts.set(row, { row, isByHand, objection, references: [], carried: new Map() });
    }
    for (const tie of ties.filter(({ child }) => child === table)) {
      const changes = ({ changes: all }: PlannedRow) =>
        all.some(({ column }) => tie.columns.includes(column));
      const [some, hidden] = [keyed.filter(changes), rows.filter((row) => byHand.has(row) && changes(row))];
      const parents = some.length === 0 ? [] : await this.#options.rules.parents(tie, some, signal);
      for (const [at, row] of some.entries())
        parts.get(row)?.references.push({ tie, parent: parents[at] ?? null });
      for (const row of hidden)
        parts.get(row)?.references.push({ tie, parent: { key: null, hasNew: false } });
    }
    return [...parts.values()];
  }

  async #writeUnit(parts: readonly Part[]): Promise<void> {
    const before: PlannedRow[] = [];
    const lines: { row: PlannedRow; objection: Objection | null; isByHand: boolean }[] = [];
    for (const { row, carried, objection, isByHand } of parts) {
      for (const tie of new Set(carried.values())) this.#output.carry(tie);
      const changes = row.changes.filter(({ column, path }) => path.length > 0 || !carried.has(column));
      if (changes.length === 0) continue;
      const isMoved = this.#tables.get(row.table)?.key?.some((column) => carried.has(column)) ?? false;
      const left = { ...row, changes };
      if (isMoved && objection === null) before.push({ ...left, unit: null });
      else lines.push({ row: left, objection, isByHand });
    }
    for (const row of before) await this.#output.write(row, null);
    for (const { row, objection, isByHand } of lines) {
      if (!isByHand) await this.#output.write(row, objection);
      else for (const change of row.changes) await this.#output.leaveByHand(row.table, change);
    }
  }

  #rowOf(table: string, key: readonly string[], places: readonly Place[], unit: string | null): PlannedRow {
    const changes = places.flatMap(({ column, path, subject }): PlannedChange[] => {
      const user = this.#known.users.get(subject);
      if (user === undefined || user.userId === null) return [];
      return [{ column, path, subject, userId: user.userId, why: user.by }];
    });
    return { kind: "row", table, key, changes, unit };
  }
}

const BY_HAND: Objection = { rule: "no-primary-key", text: "" };
