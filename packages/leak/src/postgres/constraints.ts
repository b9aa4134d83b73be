import { z } from "zod";
import { rowsOf } from "./catalog-queries.ts";
import type { Query } from "./connection.ts";

/*
 * What PostgreSQL holds a changed row to. Expressions are as it prints them where the search path is `pg_catalog` alone:
 * whatever is not from there has its whole name, and columns have none before them.
 */

const names = z.array(z.string());

const attribute = z.object({
  table: z.string(),
  name: z.string(),
  /** As in CREATE TABLE. */
  type: z.string(),
  isDomain: z.boolean(),
  /** The type that a domain is made of, without a length; and an array of it; null for a type without arrays. */
  base: z.string(),
  arrayOf: z.string().nullable(),
  /** The most characters; null for any number. */
  length: z.int().nullable(),
  /** What computes it; null where it is not generated. */
  expression: z.string().nullable(),
  /** The columns that the expression uses. */
  from: names,
});
export type Attribute = z.infer<typeof attribute>;

/** All columns of tables, also those that cannot hold a subject. */
function readColumns(query: Query, oids: readonly string[]): Promise<Attribute[]> {
  const statement = `WITH RECURSIVE base AS (
      SELECT a.attrelid, a.attnum, a.atttypid AS type, a.atttypmod AS modifier
        FROM pg_attribute a WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
      UNION ALL SELECT b.attrelid, b.attnum, d.typbasetype, d.typtypmod
        FROM base b JOIN pg_type d ON d.oid = b.type AND d.typtype = 'd'
    )
    SELECT a.attrelid::text AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
      a.atttypid <> t.oid AS "isDomain", quote_ident(n.nspname) || '.' || quote_ident(t.typname) AS base,
      (SELECT quote_ident(an.nspname) || '.' || quote_ident(arr.typname) FROM pg_type arr
        JOIN pg_namespace an ON an.oid = arr.typnamespace WHERE arr.oid = t.typarray) AS "arrayOf",
      CASE WHEN t.typname IN ('varchar', 'bpchar') AND n.nspname = 'pg_catalog' AND b.modifier >= 4
        THEN b.modifier - 4 END AS length,
      CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END AS expression,
      CASE WHEN a.attgenerated = '' THEN '[]'::json ELSE coalesce((
        SELECT json_agg(DISTINCT used.attname) FROM pg_depend p
          JOIN pg_attribute used ON used.attrelid = a.attrelid AND used.attnum = p.refobjsubid
        WHERE (p.classid = 'pg_class'::regclass AND p.objid = a.attrelid AND p.objsubid = a.attnum
            OR p.classid = 'pg_attrdef'::regclass AND p.objid = d.oid)
          AND p.refclassid = 'pg_class'::regclass AND p.refobjid = a.attrelid
          AND p.refobjsubid NOT IN (0, a.attnum)), '[]') END AS "from"
    FROM base b JOIN pg_attribute a ON a.attrelid = b.attrelid AND a.attnum = b.attnum
      JOIN pg_type t ON t.oid = b.type AND t.typtype <> 'd' JOIN pg_namespace n ON n.oid = t.typnamespace
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    ORDER BY a.attrelid, a.attnum`;
  return rowsOf(query, attribute, statement, [oids]);
}

const uniqueIndex = z.object({
  table: z.string(),
  name: z.string(),
  /** Of a partial index. */
  predicate: z.string().nullable(),
  /** Whether two nulls are the same to it. */
  joinsNulls: z.boolean(),
  items: z.array(
    z.object({
      /** Null where it is an expression. */
      column: z.string().nullable(),
      expression: z.string(),
      /** What compares two of its values. */
      equals: z.string(),
    }),
  ),
  /** Columns of its expressions and its predicate. */
  uses: names,
});
export type UniqueIndex = z.infer<typeof uniqueIndex>;

function readUniqueIndexes(query: Query, oids: readonly string[]): Promise<UniqueIndex[]> {
  const statement = `SELECT i.indrelid::text AS table, c.relname AS name,
      pg_get_expr(i.indpred, i.indrelid) AS predicate,
      coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) AS "joinsNulls",
      (SELECT json_agg(json_build_object(
          'column', (SELECT attname FROM pg_attribute WHERE attrelid = i.indrelid AND attnum = i.indkey[k.at - 1]),
          'expression', pg_get_indexdef(i.indexrelid, k.at, false),
          'equals', (SELECT format('OPERATOR(%I.%s)', n.nspname, o.oprname) FROM pg_opclass class
            JOIN pg_amop m ON m.amopfamily = class.opcfamily AND m.amopstrategy = 3
              AND m.amoplefttype = class.opcintype AND m.amoprighttype = class.opcintype
            JOIN pg_operator o ON o.oid = m.amopopr JOIN pg_namespace n ON n.oid = o.oprnamespace
            WHERE class.oid = i.indclass[k.at - 1])) ORDER BY k.at)
        FROM generate_series(1, i.indnkeyatts::int) AS k (at)) AS items,
      coalesce((SELECT json_agg(DISTINCT a.attname) FROM pg_depend d
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = d.refobjsubid
        WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid AND d.refclassid = 'pg_class'::regclass
          AND d.refobjid = i.indrelid AND d.refobjsubid > 0), '[]') AS uses
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indisunique AND i.indislive AND i.indrelid = ANY ($1::oid[])`;
  return rowsOf(query, uniqueIndex, statement, [oids]);
}

const check = z.object({ table: z.string(), name: z.string(), expression: z.string(), columns: names });
type Check = z.infer<typeof check>;

function readChecks(query: Query, oids: readonly string[]): Promise<Check[]> {
  const statement = `SELECT conrelid::text AS table, conname AS name, pg_get_expr(conbin, conrelid) AS expression,
      (SELECT coalesce(json_agg(attname), '[]') FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY (conkey)) AS columns
    FROM pg_constraint WHERE contype = 'c' AND conrelid = ANY ($1::oid[])`;
  return rowsOf(query, check, statement, [oids]);
}

const foreignKey = z.object({
  name: z.string(),
  /** Of a partition: of the table that it is a part of. */
  child: z.string(),
  childName: z.string(),
  columns: names,
  parent: z.string(),
  parentName: z.string(),
  parentColumns: names,
  /** What compares a column of the parent with one of the child. */
  equals: names,
  onUpdate: z.enum(["a", "r", "c", "n", "d"]),
});
export type ForeignKey = z.infer<typeof foreignKey>;

function readForeignKeys(query: Query, oids: readonly string[]): Promise<ForeignKey[]> {
  const named = (relation: string, key: string) => `(SELECT json_agg(a.attname ORDER BY k.at)
    FROM unnest(${key}) WITH ORDINALITY AS k (number, at)
      JOIN pg_attribute a ON a.attrelid = ${relation} AND a.attnum = k.number)`;
  const full = (relation: string) =>
    `(SELECT format('%I.%I', n.nspname, r.relname) FROM pg_class r JOIN pg_namespace n ON n.oid = r.relnamespace WHERE r.oid = ${relation})`;
  const statement = `SELECT c.conname AS name, c.child::text, ${full("c.child")} AS "childName",
      ${named("c.conrelid", "c.conkey")} AS columns, c.confrelid::text AS parent, ${full("c.confrelid")} AS "parentName",
      ${named("c.confrelid", "c.confkey")} AS "parentColumns",
      (SELECT json_agg(format('OPERATOR(%I.%s)', n.nspname, o.oprname) ORDER BY k.at)
        FROM unnest(c.conpfeqop) WITH ORDINALITY AS k (operator, at) JOIN pg_operator o ON o.oid = k.operator
          JOIN pg_namespace n ON n.oid = o.oprnamespace) AS equals,
      c.confupdtype AS "onUpdate"
    FROM (SELECT *, coalesce(pg_partition_root(conrelid)::oid, conrelid) AS child FROM pg_constraint) c
    WHERE c.contype = 'f' AND c.conparentid = 0 AND (c.child = ANY ($1::oid[]) OR c.confrelid = ANY ($1::oid[]))
    ORDER BY c.conname`;
  return rowsOf(query, foreignKey, statement, [oids]);
}

/** The first PostgreSQL to which a row that moves to another partition is one that was updated. */
const MOVES_ARE_UPDATES = 150_000;

const partitioning = z.object({
  table: z.string(),
  /** Of its keys. A table whose keys have expressions has no primary key. */
  columns: names,
  /** Of each of its leaves what rows it takes. */
  bounds: names,
  /** `server_version_num` */
  version: z.int(),
  /** Foreign keys whose ON DELETE takes something from the rows that refer to a row of it. */
  takers: z.array(z.object({ name: z.string(), schema: z.string(), child: z.string() })),
});
export type Partitioning = z.infer<typeof partitioning>;

/** A foreign key of an ancestor is one of all of its partitions, and has its name there. */
function readPartitions(query: Query, oids: readonly string[]): Promise<Partitioning[]> {
  const statement = `SELECT r.oid::text AS table, current_setting('server_version_num')::int AS version,
      (SELECT coalesce(json_agg(DISTINCT a.attname), '[]') FROM pg_partition_tree(r.oid) t
        JOIN pg_partitioned_table p ON p.partrelid = t.relid
        JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = ANY (p.partattrs::int2[])) AS columns,
      (SELECT coalesce(json_agg(pg_get_partition_constraintdef(t.relid)), '[]') FROM pg_partition_tree(r.oid) t
        WHERE t.isleaf AND pg_get_partition_constraintdef(t.relid) IS NOT NULL) AS bounds,
      (SELECT coalesce(json_agg(json_build_object('name', c.conname, 'schema', n.nspname, 'child', child.relname)
          ORDER BY c.conname), '[]') FROM pg_constraint c JOIN pg_class child ON child.oid = c.conrelid
        JOIN pg_namespace n ON n.oid = child.relnamespace
        WHERE c.contype = 'f' AND c.conparentid = 0 AND c.confdeltype IN ('c', 'n', 'd') AND c.confrelid IN (
          SELECT relid FROM pg_partition_tree(r.oid) UNION SELECT relid FROM pg_partition_ancestors(r.oid))) AS takers
    FROM pg_class r WHERE r.oid = ANY ($1::oid[]) AND r.relkind = 'p'`;
  return rowsOf(query, partitioning, statement, [oids]);
}

/** What would take something from other rows if a row of these columns changed: PostgreSQL may delete it to move it. */
export function takersOf(
  { columns, version, takers }: Partitioning,
  changed: readonly string[],
): Partitioning["takers"] {
  const mayMove = columns.some((column) => changed.includes(column));
  return version < MOVES_ARE_UPDATES && mayMove ? takers : [];
}

const besides = z.object({
  table: z.string(),
  kind: z.enum(["trigger", "move-trigger", "rule", "exclusion", "partition-index"]),
  name: z.string(),
  /** Empty where it is about every column. */
  columns: names,
});

/** What else a change may meet. */
function readBesides(query: Query, oids: readonly string[]): Promise<z.infer<typeof besides>[]> {
  const statement = `SELECT r.oid::text AS table, b.kind, b.name, b.columns FROM pg_class r, LATERAL (
      SELECT 'trigger' AS kind, t.tgname::text AS name, (SELECT coalesce(json_agg(a.attname), '[]') FROM pg_attribute a
          WHERE a.attrelid = t.tgrelid AND a.attnum = ANY (t.tgattr::int2[])) AS columns
        FROM pg_trigger t
        WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgtype & 16 > 0 AND t.tgrelid IN (
          SELECT r.oid UNION SELECT relid FROM pg_partition_tree(r.oid))
      UNION ALL SELECT 'move-trigger', t.tgname::text, '[]' FROM pg_trigger t
        WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgtype & 1 > 0 AND t.tgtype & 12 > 0
          AND t.tgrelid IN (SELECT relid FROM pg_partition_tree(r.oid)) AND r.relkind = 'p'
      UNION ALL SELECT 'rule', w.rulename::text, '[]'::json FROM pg_rewrite w WHERE w.ev_class = r.oid AND w.ev_type = '2'
      UNION ALL SELECT 'exclusion', x.conname::text, '[]' FROM pg_constraint x WHERE x.conrelid = r.oid AND x.contype = 'x'
      UNION ALL SELECT 'partition-index', i.indexrelid::regclass::text, '[]' FROM pg_index i
        WHERE i.indisunique AND i.indrelid IN (SELECT relid FROM pg_partition_tree(r.oid) WHERE relid <> r.oid)
          AND NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = i.indexrelid)
    ) b WHERE r.oid = ANY ($1::oid[]) ORDER BY b.kind, b.name`;
  return rowsOf(query, besides, statement, [oids]);
}

/** `=`, whatever other operators of this name there are. */
export const EQUALS = "OPERATOR(pg_catalog.=)";

/** What compares each column of a primary key. */
export function keyEquals(
  { oid, key }: { readonly oid: string; readonly key: readonly string[] | null },
  { indexes }: Pick<Layout, "indexes">,
): readonly string[] {
  const own = (indexes.get(oid) ?? []).find(
    ({ items, predicate }) =>
      predicate === null && JSON.stringify(items.map(({ column }) => column)) === JSON.stringify(key),
  );
  return own?.items.map(({ equals }) => equals) ?? [];
}

export type Layout = Awaited<ReturnType<typeof readLayout>>;

/** Everything that a change of these tables is held to, by the oid of the table. */
export async function readLayout(query: Query, oids: readonly string[]) {
  const foreignKeys = await readForeignKeys(query, oids);
  return {
    columns: Map.groupBy(await readColumns(query, oids), ({ table }) => table),
    indexes: Map.groupBy(await readUniqueIndexes(query, oids), ({ table }) => table),
    checks: Map.groupBy(await readChecks(query, oids), ({ table }) => table),
    partitions: new Map((await readPartitions(query, oids)).map((one) => [one.table, one])),
    besides: Map.groupBy(await readBesides(query, oids), ({ table }) => table),
    foreignKeys,
    /** What refers to one of these tables, and is not one of them. */
    outside: foreignKeys.filter(({ child }) => !oids.includes(child)),
  };
}
