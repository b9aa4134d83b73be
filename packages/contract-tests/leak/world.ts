import { createDynamoTable } from "@platform-api/server/adapters";
import { parseUserId } from "@platform-api/server/domain";
import { Client } from "pg";
import { ITEM_TYPES } from "../../server/src/adapters/dynamodb/table/item-types.ts";
import { toItem } from "../../server/src/adapters/dynamodb/table/stored-item.ts";
import { link, valid, writeItems } from "../../server/src/adapters/dynamodb/testing/examples.ts";
import { findPostgres, type Postgres } from "../postgres/postgres.ts";
import { HOSTILE, INDEXES, TABLES } from "./tables.ts";

export interface Size {
  /** At least so many rows. */
  readonly rows: number;
  readonly subjects: number;
}

/** A database is as it was found, or as a repair should leave it. */
type State = "found" | "repaired";

const STRATEGIES = ["waad|", "okta|acme-okta|", "auth0|", "email|", "google-oauth2|"];
/** Of this number in 97, with everything that needs to be quoted somewhere. */
export const isOdd = (n: number): boolean => n % 97 === 5;
export const isKnown = (n: number) => n % 20 !== 19;

const digits = (n: number) => String(n).padStart(8, "0");
export const userIdOf = (n: number): string => `${digits(n)}-0000-4000-8000-000000000000`;
export const subjectOf = (n: number): string =>
  isOdd(n) ? `auth0|it's "odd" \\ %s {ü},$1 😀 ${n}` : `${STRATEGIES[n % STRATEGIES.length]}${digits(n)}`;

/**
 * Who is who: `v` is what stands for a person where nothing is in the way. Of those who are merged, some rows stand under
 * the UUID already; `u` is what their row of `users` has. A foreign key that restricts holds others, and all of their
 * rows (`c`).
 */
const PEOPLE = `
  CREATE TEMPORARY TABLE people AS
    SELECT n, subject, uuid, n % 50 = 7 AS merged, v,
      CASE WHEN n % 50 = 7 OR n % 500 = 3 THEN subject ELSE v END AS u,
      CASE WHEN n % 500 = 3 THEN subject ELSE v END AS c, to_json(v)::text AS q, to_json(subject)::text AS k
    FROM unnest($1::int[], $2::text[], $3::text[], $4::text[]) AS t (n, subject, uuid, v);
`;

/** The texts of documents: numbers that no float holds, spaces, escapes, duplicate keys, subjects as keys and in prose. */
const DOCUMENT = String.raw`
  CASE i % 8
    WHEN 0 THEN format('{"user":%s,"seen":0,"big":12345678901234567890.1234567890,"exp":1E+2,"minus":-0.0}', q)
    WHEN 1 THEN format(E'{ \t"a" :\n  [ %s , {"b":[%s, null, true ]} ] , "seen" : 0 }', q, q)
    WHEN 2 THEN format('{"user":%s,"seen":0,"slash":"\/","emoji":"\ud83d\ude00"}', replace(q, '|', '\u007c'))
    WHEN 3 THEN format('{"user":"somebody","user":%s,"seen":0}', q)
    WHEN 4 THEN format('{%s:1,"nested":{%s:%s},"seen":0}', k, k, q)
    WHEN 5 THEN q
    WHEN 6 THEN format('{"text":%s,"user":%s,"seen":0}', to_json('about ' || subject || ' today'), q)
    ELSE format('%s%s%s', repeat('[', 60), q, repeat(']', 60))
  END`;

/** A table, how many rows it gets, and their columns, where `i` is the number of the row. */
type Filling = readonly [table: string, count: number, columns: string];

function fillings({ rows, subjects }: Size): readonly Filling[] {
  const share = (part: number) => Math.ceil(rows * part);
  const isFirst = `i < ${subjects}`;
  const partner = "(SELECT other.c FROM people other WHERE other.n = p.n + 1 AND p.n % 10 = 0)";
  const others: readonly Filling[] = [
    ["steps", share(0.08), "i, c"],
    ["comments", share(0.08), "lpad(i::text, 32, '0')::uuid, c"],
    ["accounts", subjects, "c"],
    ["orders", subjects, `i, c, ${partner}`],
    ["managers", subjects, "v, (SELECT boss.v FROM people boss WHERE boss.n = p.n - p.n % 10)"],
    ["favourites", 2 * subjects, `CASE WHEN merged AND ${isFirst} THEN subject ELSE v END, i / ${subjects}`],
    ["profiles", subjects / 2, "i, CASE WHEN merged THEN subject ELSE v END"],
    ["settings", 2 * subjects, `i, CASE WHEN merged AND ${isFirst} THEN subject ELSE v END, ${isFirst}`],
    ["handles", subjects / 10, "i, CASE WHEN merged THEN subject ELSE v END"],
    [
      "audit",
      share(0.15),
      `'2026-01-01 00:00:00Z'::timestamptz + i / 3 * interval '1.000001 s', i % 3 + 0.50,
        (ARRAY['first', 'other'])[i % 2 + 1]::kind, v, CASE WHEN i % 4 = 0 THEN subject || ' ' ELSE v END,
        'told ' || subject || ', and left'`,
    ],
    [
      "documents",
      share(0.06),
      `i, ${DOCUMENT}::jsonb, ${DOCUMENT}::json, CASE WHEN i % 5 = 0 THEN ARRAY[${DOCUMENT}::jsonb, 'null'] END`,
    ],
    [
      "teams",
      share(0.02),
      `i, ARRAY[v, 'nobody|', NULL, v], ARRAY[[v, 'a'], ['b', v]], ('[5:6]=' || ARRAY[v, NULL]::text)::text[]`,
    ],
    ["mentions", subjects / 5, String.raw`E'k''"\\\n😀 NULL ' || i, v, v`],
    ["events", share(0.04), "'2025-12-01'::date + i % 60, i, v"],
    ["shards", subjects / 2, "v, i"],
    ["notes", subjects / 10, "i, v"],
    ["pinned_notes", subjects / 10, `i + ${subjects}, v, v`],
    ["loose", subjects / 10, "subject, subject"],
    [`${HOSTILE.schema}.${HOSTILE.table}`, subjects / 10, "i, v"],
  ];
  const runs = rows - others.reduce((sum, [, count]) => sum + count, subjects);
  return [
    ["users", subjects, "u, 'asked about ' || subject || ' by mail'"],
    ["runs", Math.max(share(0.2), runs), "i, c, 'Run ' || i"],
    ...others,
  ];
}

/** How many rows of its own a table has. */
export function rowsOf(size: Size, table: string): number {
  return Math.floor(fillings(size).find(([name]) => name === table)?.[1] ?? 0);
}

/** Those whose ids are UUIDs already: who is merged, and as many newcomers as a fifth of the others. */
const UNDER_UUIDS = `
  INSERT INTO users SELECT 'users-merged-' || n, 0, uuid, NULL FROM people WHERE merged;
  INSERT INTO users SELECT 'users-new-' || n, 0, lpad(n::text, 8, '0') || '-0000-4000-8000-000000000000', NULL
    FROM (SELECT max(n) + generate_series(1, count(*) / 5) AS n FROM people) AS newcomers;
  INSERT INTO profiles SELECT 'profiles-merged-' || n, 0, 1000000 + n, uuid FROM people WHERE merged;
  INSERT INTO handles SELECT 'handles-merged-' || n, 0, 1000000 + n, uuid FROM people WHERE merged;
  INSERT INTO settings (tag, id, user_id, is_default)
    SELECT 'settings-merged-' || n, 10000000 + n, uuid, true FROM people WHERE merged;
  INSERT INTO favourites SELECT 'favourites-merged-' || n, 0, uuid, 0 FROM people WHERE merged;
`;

/** Rows that stay, because something else than a UUID's owner is in the way. */
const STAY = `
  INSERT INTO restricted SELECT 'restricted-' || n, 0, n, subject FROM people WHERE n % 500 = 3;
  INSERT INTO narrow SELECT 'narrow-' || n, 0, n, subject FROM people WHERE n < 5;
  INSERT INTO checked SELECT 'checked-' || n, 0, n, subject FROM people WHERE n < 5;
  INSERT INTO mailboxes SELECT 'mailboxes-' || n, 0, n || '@acme.example', subject FROM people WHERE n < 5;
`;

/** How many newcomers there are, numbered after those with subjects. */
export const newcomers = ({ subjects }: Size): number => Math.floor(subjects / 5);

/** A database as it was found, or as a repair should leave it. */
export async function databaseOf(size: Size, state: State): Promise<Postgres> {
  const database = await findPostgres()?.();
  if (database === undefined) throw new Error("there is no PostgreSQL");
  await fillDatabase(database.url, size, state);
  return database;
}

/** Makes the tables and their rows, as they were found or as a repair with `--merge` should leave them. */
async function fillDatabase(url: string, size: Size, state: State): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(TABLES);
    const people = Array.from({ length: size.subjects }, (_, n) => n);
    const value = (n: number) => (state === "repaired" && isKnown(n) ? userIdOf(n) : subjectOf(n));
    await client.query(PEOPLE, [people, people.map(subjectOf), people.map(userIdOf), people.map(value)]);
    await client.query("CREATE UNIQUE INDEX ON people (n); ANALYZE people");
    await client.query(UNDER_UUIDS);
    for (const [table, count, columns] of fillings(size)) {
      const [name = "hostile"] = /^\w+/.exec(table) ?? [];
      await client.query(
        `INSERT INTO ${table} SELECT '${name}-' || i, 0, ${columns}
          FROM generate_series(0, ${Math.floor(count) - 1}) AS i JOIN people p ON p.n = i % ${size.subjects}`,
      );
    }
    await client.query(STAY);
    await client.query(INDEXES);
    await client.query("REFRESH MATERIALIZED VIEW runs_by_user; ANALYZE");
  } finally {
    await client.end();
  }
}

/** Links everybody to their UUID except one of twenty, as their first logins would have done. */
export async function linkPeople(
  { DYNAMODB_ENDPOINT: endpoint, DYNAMODB_TABLE: name = "" }: Readonly<Record<string, string | undefined>>,
  { subjects }: Size,
): Promise<void> {
  const region = "eu-central-1";
  const table = createDynamoTable({ table: name, endpoint, region, attemptMs: 10_000, deadlineMs: 30_000 });
  const people = Array.from({ length: subjects }, (_, n) => n).filter(isKnown);
  await writeItems(
    table,
    people.map((n) =>
      toItem(ITEM_TYPES.link, link({ subject: subjectOf(n), userId: valid(parseUserId(userIdOf(n))) })),
    ),
  );
  table.close();
}
