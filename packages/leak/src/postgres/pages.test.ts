import { DatabaseError } from "pg";
import { expect, it } from "vitest";
import { LeakProblem } from "../model.ts";
import type { PostgresTable } from "./catalog.ts";
import type { Connection } from "./connection.ts";
import { type Page, pagesOf } from "./pages.ts";

const TABLE: PostgresTable = {
  oid: "1",
  schema: "s",
  relation: "t",
  name: '"s"."t"',
  source: 'ONLY "s"."t"',
  key: ["id"],
  keyColumns: [{ name: "id", type: "integer", collation: null }],
  searchPath: [],
  columns: [],
  rows: 25,
};

function refused(code: string): DatabaseError {
  const detail = "Key (u)=(waad|ann) is not present";
  return Object.assign(new DatabaseError("no waad|ann", 0, "error"), {
    code,
    detail,
    constraint: "t_u_fkey",
  });
}

/** A server with 25 rows that cannot read more than so many in its time. */
function serverOf(mostRows: number, asked: number[]): Connection {
  let last = 0;
  const query = async (_: string, [limit]: readonly unknown[] = []) => {
    const rows = Math.min(Number(limit), 25 - last);
    asked.push(Number(limit));
    if (rows > mostRows) throw refused("57014");
    last += rows;
    return rows === 0 ? [] : [[`${rows}`, `${last}`, null]];
  };
  const connection = { label: "", place: "", user: "", begin: async () => query, close: async () => {} };
  return { ...connection, transaction: (_, run) => run(query) };
}

async function read(connection: Connection): Promise<Page[]> {
  const pages: Page[] = [];
  const { signal } = new AbortController();
  const reading = { connection, options: { url: "" }, table: TABLE, columns: [], cells: ["null"], signal };
  for await (const page of pagesOf({ ...reading, atOnce: { rows: 100, bytes: 100 }, after: null }))
    pages.push(page);
  return pages;
}

it("reads a page that takes too long in smaller ones", async () => {
  const asked: number[] = [];
  const pages = await read(serverOf(10, asked));
  expect(asked).toEqual([100, 10, 10, 10, 10]);
  expect(pages.map(({ rows, last }) => [rows, last])).toEqual([
    [10, ["10"]],
    [10, ["20"]],
    [5, ["25"]],
  ]);
});

it("gives up at a row that takes too long by itself", async () => {
  await expect(read(serverOf(0, []))).rejects.toThrow(/^"s"\."t" has a row whose reading takes too long/);
});

it.each([
  ["42501", /may no longer be read/],
  ["42P01", /has changed meanwhile .*from the beginning/],
  ["55P03", /is locked by somebody .*same command again/],
  ["57P01", /connection was lost .*same command again/],
  ["XX000", /PostgreSQL refuses reading .*same command again/],
])("says what %s of PostgreSQL means, and nothing that a row may hold", async (code, words) => {
  const transaction = () => Promise.reject(refused(code));
  const problem = read({ ...serverOf(1, []), transaction });
  await expect(problem).rejects.toThrow(words);
  await expect(problem).rejects.toBeInstanceOf(LeakProblem);
  await expect(problem).rejects.not.toThrow("waad|ann");
});

it("passes an error on that is neither of PostgreSQL nor of the network", async () => {
  const own = new TypeError("a mistake");
  await expect(read({ ...serverOf(1, []), transaction: () => Promise.reject(own) })).rejects.toBe(own);
});
