import { escapeLiteral } from "pg";
import type { Objection, PlannedRow } from "../changes.ts";
import { isPersonal } from "../plan-part.ts";
import type { PostgresTable } from "./catalog.ts";
import type { Query } from "./connection.ts";
import {
  type Attribute,
  EQUALS,
  type ForeignKey,
  keyEquals,
  type Layout,
  type Partitioning,
  takersOf,
  type UniqueIndex,
} from "./constraints.ts";
import { quoted } from "./role.ts";
import { type Substituted, substitute } from "./substituted.ts";

const UUID_LENGTH = 36;

/** Rows of one table that change the same columns. */
export interface Judging {
  readonly query: Query;
  readonly layout: Layout;
  readonly table: PostgresTable;
  readonly rows: readonly PlannedRow[];
  /** Those whose whole value changes. */
  readonly columns: readonly string[];
  readonly aliases: ReadonlyMap<string, readonly string[]>;
}

/** Objections by the number of the row, from 0. Of several, the first counts. */
type Objections = Map<number, Objection>;

export async function judgeTogether(judging: Judging): Promise<Objections> {
  const { layout, table, rows, columns, aliases } = judging;
  const attributes = layout.columns.get(table.oid) ?? [];
  const short = attributes.find(
    ({ name, length }) => columns.includes(name) && (length ?? UUID_LENGTH) < UUID_LENGTH,
  );
  if (short !== undefined) return new Map(rows.map((_, at) => [at, tooShort(short)]));
  const moved = movedByDelete(table, layout, columns);
  if (moved !== null) return new Map(rows.map((_, at) => [at, moved]));
  const next = substitute(table, layout, rows, columns, aliases);
  const found: Objections = new Map();
  const add = (more: Objections) => {
    for (const [at, objection] of more) if (!found.has(at)) found.set(at, objection);
  };
  add(await refusedByDomains(judging, attributes, next));
  if (found.size > 0) return found;
  add(await withBlanks(judging, attributes, next));
  add(await refusedByChecks(judging, next));
  add(await withoutPartition(judging, next));
  for (const index of layout.indexes.get(table.oid) ?? [])
    if (isTouched(index, columns, attributes)) add(await takenIn(index, judging, next));
  for (const key of layout.outside.filter(({ parent }) => parent === table.oid))
    if (key.parentColumns.some((column) => columns.includes(column)))
      add(await referredTo(key, judging, next));
  return found;
}

/** Columns that are changed, and those that are computed from them. */
export function touchedBy(columns: readonly string[], attributes: readonly Attribute[]): string[] {
  return [
    ...columns,
    ...attributes
      .filter(({ from }) => from.some((column) => columns.includes(column)))
      .map(({ name }) => name),
  ];
}

function isTouched(
  { items, uses }: UniqueIndex,
  columns: readonly string[],
  attributes: readonly Attribute[],
): boolean {
  const touched = touchedBy(columns, attributes);
  return [...uses, ...items.map(({ column }) => column)].some(
    (name) => name !== null && touched.includes(name),
  );
}

/** A domain refuses a value as soon as it is cast: once for all rows, which have UUIDs alike. */
async function refusedByDomains(
  { query, rows, columns }: Judging,
  attributes: readonly Attribute[],
  _next: Substituted,
) {
  const found: Objections = new Map();
  for (const { name, type } of attributes.filter((one) => one.isDomain && columns.includes(one.name))) {
    const value = rows[0]?.changes.find(({ column }) => column === name)?.userId ?? "";
    await query("SAVEPOINT domain");
    const isTaken = await query(`SELECT $1::text::${type}`, [value]).then(
      () => true,
      () => false,
    );
    await query(isTaken ? "RELEASE domain" : "ROLLBACK TO domain");
    if (isTaken) continue;
    const text = `${name} is of the domain ${type}, which does not take a UUID. Change the domain, then plan again; or leave the row.`;
    for (const at of rows.keys()) found.set(at, { rule: "check", text });
  }
  return found;
}

/** A text of a bpchar without a length loses the blanks at its end, and only its size says how many. */
async function withBlanks(
  { query, columns }: Judging,
  attributes: readonly Attribute[],
  { from, values }: Substituted,
) {
  const found: Objections = new Map();
  for (const { name, base, length } of attributes) {
    const at = columns.indexOf(name);
    if (at === -1 || base !== "pg_catalog.bpchar" || length !== null) continue;
    const old = `"leak o${at}"`;
    const padded = `pg_catalog.octet_length(${old}::pg_catalog.bpchar) > pg_catalog.octet_length(${old}::text)`;
    const text = `${quoted(name)} has blanks at the end of the subject, which an undo could not bring back. Change it by hand, or let the column be text and plan again.`;
    for (const [n] of await query(`SELECT "leak n" FROM ${from} WHERE ${padded}`, values))
      found.set(Number(n) - 1, { rule: "by-hand", text });
  }
  return found;
}

async function refusedByChecks({ query, layout, table, columns }: Judging, { from, values }: Substituted) {
  const found: Objections = new Map();
  const touched = touchedBy(columns, layout.columns.get(table.oid) ?? []);
  for (const { name, expression, columns: own } of layout.checks.get(table.oid) ?? []) {
    if (!own.some((column) => touched.includes(column))) continue;
    const refused = await query(`SELECT "leak n" FROM ${from} WHERE (${expression}) IS FALSE`, values);
    const text = `The check ${quoted(name)} refuses the new value. Change the check, then plan again; or leave the row.`;
    for (const [n] of refused) found.set(Number(n) - 1, { rule: "check", text });
  }
  return found;
}

/** What refers to a row would be lost with it, as if somebody had deleted it. */
function movedByDelete(
  { oid, name }: PostgresTable,
  { partitions }: Layout,
  columns: readonly string[],
): Objection | null {
  const parts = partitions.get(oid);
  const takers = parts === undefined ? [] : takersOf(parts, columns);
  if (takers.length === 0) return null;
  return {
    rule: "partition-key",
    text: `Before PostgreSQL 15, a row that moves to another partition of ${name} is deleted and inserted again, so that what refers to it would be deleted or emptied by ${takerNames(takers)}. Plan again on PostgreSQL 15 or later, or while the constraint has no ON DELETE CASCADE, SET NULL or SET DEFAULT; or leave the row.`,
  };
}

export function takerNames(takers: Partitioning["takers"]): string {
  return takers.map(({ name, schema, child }) => `${quoted(name)} of ${quoted(schema, child)}`).join(", ");
}

async function withoutPartition({ query, layout, table, columns }: Judging, { from, values }: Substituted) {
  const found: Objections = new Map();
  const parts = layout.partitions.get(table.oid);
  if (parts === undefined || parts.bounds.length === 0) return found;
  if (!parts.columns.some((column) => columns.includes(column))) return found;
  const bounds = parts.bounds.map((bound) => `(${bound})`).join(" OR ");
  const homeless = await query(`SELECT "leak n" FROM ${from} WHERE (${bounds}) IS NOT TRUE`, values);
  const text = `${table.name} has no partition for the new value. Add one, then plan again; or leave the row.`;
  for (const [n] of homeless) found.set(Number(n) - 1, { rule: "partition-key", text });
  return found;
}

/** Rows that would have the same entry of a unique index as another one, which has it already or will be given it. */
async function takenIn(
  index: UniqueIndex,
  { query, layout, table, columns }: Judging,
  { from, values }: Substituted,
) {
  const own = quoted(table.relation);
  const keyOperators = keyEquals(table, layout);
  const keys = table.keyColumns.map(({ name }, at) => {
    const [mine, theirs] = [`n."leak k${at}"`, `${own}.${quoted(name)}`];
    return { theirs, isSame: `${theirs} ${keyOperators[at] ?? EQUALS} ${mine}` };
  });
  const computed = index.items.flatMap(({ column, expression }, at) =>
    column === null ? [`(${expression}) AS "leak x${at}"`] : [],
  );
  const same = index.items.map(({ column, expression, equals }, at) => {
    if (column === null) return compare(`(${expression})`, equals, `n."leak x${at}"`, index.joinsNulls);
    const changed = columns.indexOf(column);
    const theirs = `${own}.${quoted(column)}`;
    if (changed !== -1) return `${theirs} ${equals} ANY (n."leak c${changed}")`;
    return compare(theirs, equals, `n.${quoted(column)}`, index.joinsNulls);
  });
  const predicate = index.predicate === null ? [] : [`(${index.predicate})`];
  const isOther = `NOT (${keys.map(({ isSame }) => isSame).join(" AND ")})`;
  const taken = await query(
    `SELECT n."leak n", ${keys.map((_, at) => `other.k${at}`).join(", ")}
      FROM (SELECT ${[`${own}.*`, ...computed].join(", ")} FROM ${from} ${predicate.map((one) => `WHERE ${one}`).join("")}) n
        CROSS JOIN LATERAL (SELECT ${keys.map((key, at) => `${key.theirs}::text AS k${at}`).join(", ")}
          FROM ${table.source} AS ${own}
          WHERE ${[...same, ...predicate, isOther].join(" AND ")} LIMIT 1) other`,
    values,
  );
  return new Map(taken.map(([n, ...key]) => [Number(n) - 1, takenBy(index, table, key)]));
}

function compare(one: string, equals: string, other: string, joinsNulls: boolean): string {
  const isSame = `${one} ${equals} ${other}`;
  return joinsNulls ? `(${isSame} OR ${one} IS NULL AND ${other} IS NULL)` : isSame;
}

function takenBy(
  { name }: UniqueIndex,
  { name: table, keyColumns }: PostgresTable,
  key: readonly (string | null)[],
): Objection {
  const isHidden = key.some((text) => text !== null && isPersonal(text));
  const where = keyColumns
    .map(({ name: column }, at) => `${quoted(column)} = ${escapeLiteral(key[at] ?? "")}`)
    .join(" AND ");
  const shown = isHidden
    ? `a row of ${table} has`
    : `another row has (SELECT * FROM ${table} WHERE ${where};)`;
  return {
    rule: "unique",
    text: `${quoted(name)} allows one row with the new value, which ${shown} or would get. Keep one of both rows and move to it what is worth keeping of the other, then plan again; or leave the row.`,
  };
}

/** A table that is not walked is not planned. */
async function referredTo(key: ForeignKey, { query, columns }: Judging, { from, values }: Substituted) {
  const found: Objections = new Map();
  if (key.onUpdate === "c") return found;
  const match = key.columns.map((column, at) => {
    const parent = key.parentColumns[at] ?? "";
    const changed = columns.indexOf(parent);
    return `n.${changed === -1 ? quoted(parent) : `"leak o${changed}"`} ${key.equals[at]} child.${quoted(column)}`;
  });
  const held = await query(
    `SELECT "leak n" FROM (SELECT * FROM ${from}) n WHERE EXISTS (SELECT FROM ${key.childName} child WHERE ${match.join(" AND ")})`,
    values,
  );
  const text = `Rows of ${key.childName}, which is not among the tables of this plan, refer to it by ${quoted(key.name)}. Plan with its schema and without --skip of it, or let ${quoted(key.name)} be ON UPDATE CASCADE.`;
  for (const [n] of held) found.set(Number(n) - 1, { rule: "foreign-key", text });
  return found;
}

function tooShort({ name, length }: Attribute): Objection {
  return {
    rule: "check",
    text: `${quoted(name)} takes ${length} characters, and a UUID has ${UUID_LENGTH}. Make the column longer, then plan again; or leave the row.`,
  };
}
