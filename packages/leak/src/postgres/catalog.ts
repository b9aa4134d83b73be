import { createHash } from "node:crypto";
import { type Catalog, type Column, LeakProblem, type Table } from "../model.ts";
import {
  type Attribute,
  estimateRows,
  nameOf,
  type PrimaryKey,
  type Relation,
  readAttributes,
  readDatabase,
  readPrimaryKeys,
  readRelations,
  readRules,
} from "./catalog-queries.ts";
import { type Connection, connect, type Query } from "./connection.ts";
import { quoted, readingGrants } from "./role.ts";
import { refuseParts, type Skip, skippedOf, walkedRelations } from "./walked-relations.ts";

/** The first with generated columns. */
const OLDEST_VERSION = 12;
const MOST_NAMES = 10;
const NO_SKIP: Skip = { tables: [], mustExist: false };

export interface KeyColumn {
  readonly name: string;
  /** As in CREATE TABLE: the text of a key is cast to it. */
  readonly type: string;
  /** Quoted; null of a type that has none. */
  readonly collation: string | null;
}

export interface PostgresColumn extends Column {
  /** SQL of its text, of a row that is named `t`: itself, or JSON of it. */
  readonly text: string;
  /** As of a {@link Place}. */
  readonly byHand?: string;
}

export interface PostgresTable extends Table {
  readonly oid: string;
  readonly schema: string;
  readonly relation: string;
  /** What follows FROM or UPDATE: a table with children that are walked by themselves is read alone. */
  readonly source: string;
  readonly columns: readonly PostgresColumn[];
  readonly keyColumns: readonly KeyColumn[];
  /** Where the operators of its key are, quoted, when an extension has them, such as those of citext. */
  readonly searchPath: readonly string[];
}

export interface PostgresCatalog extends Catalog {
  readonly store: "postgres";
  readonly tables: readonly PostgresTable[];
}

/** Which tables are looked at. */
export interface Chosen {
  /** That alone are looked at; null for all. */
  readonly schemas: readonly string[] | null;
  readonly skip?: Skip;
  /** The names of the tables that alone are needed, whatever became of all others. */
  readonly only?: ReadonlySet<string>;
}

/**
 * The tables with columns that can hold a subject.
 * @throws {LeakProblem}
 */
export function readCatalog(
  connection: Connection,
  { schemas, skip = NO_SKIP, only }: Chosen,
): Promise<PostgresCatalog> {
  return connection.transaction({ mode: "READ ONLY" }, async (query) => {
    const database = await readDatabase(query);
    if (database.version < OLDEST_VERSION * 10_000) {
      throw new LeakProblem(`PostgreSQL ${OLDEST_VERSION} or later is needed`);
    }
    refuseUnknown(schemas, database.schemas);
    const relations = await readRelations(query);
    const oids = relations.map(({ oid }) => oid);
    const attributes = Map.groupBy(await readAttributes(query, oids), ({ table }) => table);
    const keys = new Map((await readPrimaryKeys(query, oids)).map((key) => [key.table, key]));
    const isChosen = ({ schema }: Relation) => schemas?.includes(schema) ?? true;
    const skipped = skippedOf(relations, skip);
    const whole = walkedRelations(relations, keys, isChosen, skipped);
    if (skip.mustExist) refuseParts(skipped, whole, relations);
    const named = relations.filter((one) => /^[rp]$/.test(one.kind) && only?.has(nameOf(one)));
    const walked = (only === undefined ? whole : named).filter(({ oid }) =>
      attributes.get(oid)?.some((attribute) => columnOf(attribute) !== null),
    );
    refuseUnreadable(walked, connection.user);
    const rules = Map.groupBy(await readRules(query, oids), ({ table }) => table);
    const layout = walked.map(({ oid, schema, name }) => {
      return [oid, schema, name, attributes.get(oid), keys.get(oid), rules.get(oid)];
    });
    const tables: PostgresTable[] = [];
    for (const one of walked) {
      tables.push(await tableOf(one, attributes.get(one.oid) ?? [], keys.get(one.oid), query));
    }
    return {
      store: "postgres",
      label: connection.label,
      place: connection.place,
      schemas,
      skipped: skipped.map(nameOf),
      fingerprint: createHash("sha256")
        .update(JSON.stringify([database.name, database.oid, layout]))
        .digest("hex"),
      tables,
      notes: [
        ...notesOf(relations.filter(isChosen), walked, attributes),
        ...noteOf(skipped.map(nameOf), "tables that --skip names are not looked at"),
      ],
    };
  });
}

/** The schemas that are looked at, unless some are chosen. */
export async function schemasOf(url: string): Promise<readonly string[]> {
  const connection = await connect({ url });
  try {
    return await connection.transaction({ mode: "READ ONLY" }, async (query) => {
      const walked = new Set(
        (await readRelations(query)).filter(({ kind }) => /^[rp]$/.test(kind)).map(({ schema }) => schema),
      );
      return walked.size === 0 ? (await readDatabase(query)).schemas : [...walked];
    });
  } finally {
    await connection.close();
  }
}

function refuseUnknown(schemas: readonly string[] | null, known: readonly string[]): void {
  const unknown = schemas?.find((schema) => !known.includes(schema));
  if (unknown === undefined) return;
  throw new LeakProblem(
    `--schema: there is no schema ${quoted(unknown)} in this database, but ${listed(known)}`,
  );
}

/** A table that is left out in silence could be the one with the subjects. */
function refuseUnreadable(walked: readonly Relation[], user: string): void {
  const unreadable = walked.filter(({ isReadable }) => !isReadable);
  if (unreadable.length > 0) {
    const schemas = [...new Set(unreadable.map(({ schema }) => schema))];
    throw new LeakProblem(
      [
        `${user} may not read ${listed(unreadable.map(nameOf))}. Let their owner run this, or leave them out by --skip or --schema:`,
        ...readingGrants(schemas, user),
      ].join("\n  "),
    );
  }
  const policed = walked.filter(({ isPoliced }) => isPoliced);
  if (policed.length === 0) return;
  throw new LeakProblem(
    `policies hide rows of ${listed(policed.map(nameOf))} from ${user}. Let a superuser run this:\n  ALTER ROLE ${quoted(user)} BYPASSRLS;`,
  );
}

async function tableOf(
  relation: Relation,
  attributes: readonly Attribute[],
  key: PrimaryKey | undefined,
  query: Query,
): Promise<PostgresTable> {
  const name = nameOf(relation);
  const source = relation.kind === "p" ? name : `ONLY ${name}`;
  const keyColumns = (key?.columns ?? []).map((column) => {
    const attribute = attributes.find((one) => one.name === column);
    return {
      name: column,
      type: attribute?.type ?? "text",
      collation: attribute?.collation ? quoted(...attribute.collation) : null,
    };
  });
  return {
    oid: relation.oid,
    schema: relation.schema,
    relation: relation.name,
    name,
    source,
    key: key?.columns ?? null,
    keyColumns,
    searchPath: (key?.operatorSchemas ?? []).map((schema) => quoted(schema)),
    columns: attributes.map(columnOf).filter((column) => column !== null),
    rows: await estimateRows(query, source),
  };
}

const TEXTS = new Set(["text", "varchar", "bpchar", "citext"]);
const DOCUMENTS = new Set(["json", "jsonb"]);
const PADDED =
  "The elements of the array are of char(n), whose blanks an undo could not bring back. Change it by hand, or let its elements be text and plan again.";

/** Null of a type that is not looked at. A char(n) has no blanks at its end, as PostgreSQL compares it. */
function columnOf({ name, type, base, isArray, isGenerated }: Attribute): PostgresColumn | null {
  const column = `t.${quoted(name)}`;
  if (base !== null && TEXTS.has(base)) {
    const text = isArray ? `pg_catalog.array_to_json(${column}::text[])::text` : `${column}::text`;
    if (isArray && base === "bpchar") return { name, type, form: "array", isGenerated, text, byHand: PADDED };
    return { name, type, form: isArray ? "array" : "value", isGenerated, text };
  }
  if (base === null || !DOCUMENTS.has(base)) return null;
  const text = isArray ? `pg_catalog.array_to_json(${column}::${base}[])::text` : `${column}::text`;
  return { name, type, form: "document", isGenerated, text };
}

function notesOf(
  relations: readonly Relation[],
  walked: readonly Relation[],
  attributes: ReadonlyMap<string, readonly Attribute[]>,
): string[] {
  const ofKind = (kind: Relation["kind"]) => relations.filter((one) => one.kind === kind).map(nameOf);
  const others = walked.flatMap((one) =>
    (attributes.get(one.oid) ?? [])
      .filter(({ base, isRow }) => isRow || base === "hstore" || base === "xml")
      .map(({ name, type }) => `${nameOf(one)}.${quoted(name)} (${type})`),
  );
  const notes: [names: readonly string[], what: string][] = [
    [ofKind("v"), "views show other tables, and are not looked at"],
    [ofKind("m"), "materialized views copy other tables, and are not looked at: refresh them after a repair"],
    [ofKind("f"), "foreign tables are not looked at: scan their own server"],
    [others, "columns of these types are not looked at"],
  ];
  return notes.flatMap(([names, what]) => noteOf(names, what));
}

function noteOf(names: readonly string[], what: string): string[] {
  return names.length === 0 ? [] : [`${what}: ${listed(names)}`];
}

/** The first of them, so that a message stays readable. */
function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return `${names.slice(0, MOST_NAMES).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
