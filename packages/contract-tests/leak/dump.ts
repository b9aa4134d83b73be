import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** A row as `pg_dump` writes it. */
export interface DumpedRow {
  readonly table: string;
  readonly seen: string;
  /** Its other columns, except the tag. */
  readonly rest: string;
}

export interface Dump {
  /** By tag. */
  readonly rows: ReadonlyMap<string, DumpedRow>;
  /** Everything that is not a row, nor where a sequence stands. */
  readonly schema: string;
}

const run = promisify(execFile);
const MAX_BYTES = 2_000_000_000;
const BESIDES = /^(?:\\(?:un)?restrict .*|SELECT pg_catalog\.setval\(.*)$/;

/** A whole database by `pg_dump`. Rows that a trigger has written have one tag, and are left out. */
export async function dump(url: string): Promise<Dump> {
  const { stdout } = await run("pg_dump", [url], { maxBuffer: MAX_BYTES });
  const rows = new Map<string, DumpedRow>();
  const schema: string[] = [];
  let table: string | null = null;
  for (const line of stdout.split("\n")) {
    if (table === null) {
      table = /^COPY (.*) FROM stdin;$/.exec(line)?.[1] ?? null;
      if (!BESIDES.test(line)) schema.push(line);
    } else if (line === "\\.") table = null;
    else {
      const [tag = "", seen = "", ...rest] = line.split("\t");
      if (rows.has(tag) && tag !== "touched") throw new Error(`two rows have the tag ${tag}`);
      rows.set(tag, { table, seen, rest: rest.join("\t") });
    }
  }
  rows.delete("touched");
  return { rows, schema: schema.join("\n") };
}
