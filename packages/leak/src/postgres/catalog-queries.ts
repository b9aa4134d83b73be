import { z } from "zod";
import type { Query } from "./connection.ts";
import { quoted } from "./role.ts";

/*
 * What the catalog of PostgreSQL is asked. Everything is readable for everybody, whatever their rights on the tables are.
 */

const relation = z.object({
  oid: z.string(),
  schema: z.string(),
  name: z.string(),
  /** `r` table, `p` partitioned table, `v` view, `m` materialized view, `f` foreign table. */
  kind: z.enum(["r", "p", "v", "m", "f"]),
  partitionOf: z.string().nullable(),
  isReadable: z.boolean(),
  /** Whether policies hide rows from this role. */
  isPoliced: z.boolean(),
});
export type Relation = z.infer<typeof relation>;

/** Quoted, with its schema. */
export function nameOf({ schema, name }: Pick<Relation, "schema" | "name">): string {
  return quoted(schema, name);
}

export function readRelations(query: Query): Promise<Relation[]> {
  const statement = `SELECT c.oid::text, n.nspname AS schema, c.relname AS name, c.relkind AS kind,
      (SELECT i.inhparent::text FROM pg_inherits i WHERE i.inhrelid = c.oid AND c.relispartition) AS "partitionOf",
      has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS "isReadable",
      c.relkind IN ('r', 'p') AND row_security_active(c.oid) AS "isPoliced"
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't'
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`;
  return rowsOf(query, relation, statement);
}

const attribute = z.object({
  table: z.string(),
  name: z.string(),
  /** As in CREATE TABLE. */
  type: z.string(),
  /** What a domain is made of, and an array of: a name of `pg_catalog`, `citext`, or null for any other type. */
  base: z.string().nullable(),
  isArray: z.boolean(),
  isRow: z.boolean(),
  isGenerated: z.boolean(),
  collation: z.tuple([z.string(), z.string()]).nullable(),
});
export type Attribute = z.infer<typeof attribute>;

export function readAttributes(query: Query, oids: readonly string[]): Promise<Attribute[]> {
  const statement = `WITH RECURSIVE solid (type, base) AS (
      SELECT oid, oid FROM pg_type WHERE typtype <> 'd'
      UNION ALL
      SELECT d.oid, solid.base FROM pg_type d JOIN solid ON d.typbasetype = solid.type WHERE d.typtype = 'd'
    ), bases AS (
      SELECT solid.type, b.typcategory = 'A' AS "isArray", coalesce(element.base, b.oid) AS base
      FROM solid JOIN pg_type b ON b.oid = solid.base
        LEFT JOIN solid element ON b.typcategory = 'A' AND element.type = b.typelem
    )
    SELECT a.attrelid::text AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
      CASE WHEN n.nspname = 'pg_catalog' OR t.typname = 'citext' AND t.typcategory = 'S' OR t.typname = 'hstore'
        THEN t.typname END AS base,
      bases."isArray", t.typtype = 'c' AS "isRow", a.attgenerated <> '' AS "isGenerated",
      CASE WHEN l.oid IS NOT NULL THEN json_build_array(ln.nspname, l.collname) END AS collation
    FROM pg_attribute a JOIN bases ON bases.type = a.atttypid JOIN pg_type t ON t.oid = bases.base
      JOIN pg_namespace n ON n.oid = t.typnamespace
      LEFT JOIN pg_collation l ON l.oid = a.attcollation LEFT JOIN pg_namespace ln ON ln.oid = l.collnamespace
    WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attrelid, a.attnum`;
  return rowsOf(query, attribute, statement, [oids]);
}

const primaryKey = z.object({
  table: z.string(),
  columns: z.array(z.string()),
  /** Where the operators are that sort it, unless in `pg_catalog`. */
  operatorSchemas: z.array(z.string()),
});
export type PrimaryKey = z.infer<typeof primaryKey>;

export function readPrimaryKeys(query: Query, oids: readonly string[]): Promise<PrimaryKey[]> {
  const statement = `SELECT c.conrelid::text AS table,
      (SELECT json_agg(a.attname ORDER BY k.place) FROM unnest(c.conkey) WITH ORDINALITY k (number, place)
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number) AS columns,
      (SELECT coalesce(json_agg(DISTINCT n.nspname), '[]') FROM pg_index i, pg_opclass o
        JOIN pg_namespace n ON n.oid = o.opcnamespace
        WHERE i.indexrelid = c.conindid AND o.oid = ANY (i.indclass::oid[]) AND n.nspname <> 'pg_catalog')
        AS "operatorSchemas"
    FROM pg_constraint c WHERE c.contype = 'p' AND c.conrelid = ANY ($1::oid[])`;
  return rowsOf(query, primaryKey, statement, [oids]);
}

const rule = z.object({ table: z.string(), definition: z.string() });

/** Keys, unique and foreign-key constraints, and unique indexes, as SQL. */
export function readRules(query: Query, oids: readonly string[]): Promise<z.infer<typeof rule>[]> {
  const statement = `SELECT conrelid::text AS table, pg_get_constraintdef(oid) AS definition FROM pg_constraint
      WHERE contype IN ('p', 'u', 'f', 'x') AND conrelid = ANY ($1::oid[])
    UNION ALL SELECT indrelid::text, pg_get_indexdef(indexrelid) FROM pg_index
      WHERE indisunique AND indrelid = ANY ($1::oid[])
    ORDER BY 1, 2`;
  return rowsOf(query, rule, statement, [oids]);
}

const database = z.object({
  name: z.string(),
  oid: z.string(),
  version: z.int(),
  schemas: z.array(z.string()),
});

export async function readDatabase(query: Query): Promise<z.infer<typeof database>> {
  const statement = `SELECT datname AS name, oid::text, current_setting('server_version_num')::int AS version,
      (SELECT json_agg(nspname ORDER BY nspname) FROM pg_namespace
        WHERE nspname !~ '^pg_' AND nspname <> 'information_schema') AS schemas
    FROM pg_database WHERE datname = current_database()`;
  const [found] = await rowsOf(query, database, statement);
  return database.parse(found);
}

const plan = z.tuple([z.object({ Plan: z.object({ "Plan Rows": z.number() }) })]);

/** How many rows PostgreSQL expects to read: from its statistics and the size of the table on disk. */
export async function estimateRows(query: Query, source: string): Promise<number> {
  const [row] = await query(`EXPLAIN (FORMAT JSON) SELECT FROM ${source}`);
  return plan.parse(JSON.parse(row?.[0] ?? "null"))[0].Plan["Plan Rows"];
}

/** Rows as PostgreSQL writes them in JSON. */
export async function rowsOf<T>(
  query: Query,
  schema: z.ZodType<T>,
  statement: string,
  values: readonly unknown[] = [],
): Promise<T[]> {
  const rows = await query(`SELECT row_to_json(q)::text FROM (${statement}) q`, values);
  return rows.map(([text]) => schema.parse(JSON.parse(text ?? "null")));
}
