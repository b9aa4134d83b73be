import { readFileSync } from "node:fs";
import { Client } from "pg";
import { z } from "zod";

const line = z.object({
  kind: z.string(),
  table: z.string().default(""),
  key: z.array(z.string()).nullable().default(null),
});

const KEY = `
  SELECT quote_ident(attname) AS name FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
  WHERE indrelid = $1::regclass AND indisprimary ORDER BY array_position(indkey::int2[], attnum)`;

/** The tags of the rows that a plan names, and of those that follow one by a cascade. */
export async function namedBy(plan: string, url: string): Promise<ReadonlySet<string>> {
  const rows = readFileSync(plan, "utf8")
    .trimEnd()
    .split("\n")
    .map((text) => line.parse(JSON.parse(text)))
    .filter(({ kind }) => kind === "row");
  const keys = new Map<string, Set<string>>();
  for (const { table, key } of rows) {
    const known = keys.get(table) ?? new Set();
    keys.set(table, known.add(JSON.stringify(key)));
  }
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("SET timezone = 'UTC'");
    const named = new Set<string>();
    for (const [table, known] of keys) {
      const columns = await client.query<{ name: string }>(KEY, [table]);
      const key = columns.rows.map(({ name }) => `${name}::text`).join(", ");
      const all = await client.query<{ tag: string; key: string[] }>(
        `SELECT tag, ARRAY[${key}] AS key FROM ${table}`,
      );
      for (const { tag, key } of all.rows) if (known.has(JSON.stringify(key))) named.add(tag);
    }
    const parents = keys.get('"public"."users"') ?? new Set();
    const steps = await client.query<{ tag: string; user_id: string }>("SELECT tag, user_id FROM steps");
    for (const { tag, user_id } of steps.rows) if (parents.has(JSON.stringify([user_id]))) named.add(tag);
    return named;
  } finally {
    await client.end();
  }
}
