import { expect, it } from "vitest";
import type { PlannedRow } from "../changes.ts";
import { type Part, settle } from "../tied-rows.ts";
import { refuseMoves } from "./apply.ts";
import type { PostgresTable } from "./catalog.ts";
import type { Query } from "./connection.ts";
import { readLayout } from "./constraints.ts";
import { postgresRules } from "./plan-conflicts.ts";
import type { PostgresSource } from "./source.ts";

const TABLE: PostgresTable = {
  oid: "1",
  schema: "s",
  relation: "t",
  name: '"s"."t"',
  source: '"s"."t"',
  key: ["id"],
  keyColumns: [{ name: "id", type: "integer", collation: null }],
  searchPath: [],
  columns: [],
  rows: 1,
};

/** A server with a table that is partitioned by `u`, and with a foreign key to it. */
function serverOf(version: number, hasTaker = true): Query {
  const takers = hasTaker ? [{ name: "r_u_fkey", schema: "s", child: "r" }] : [];
  const parts = { table: TABLE.oid, columns: ["u"], bounds: ["true"], version, takers };
  const trigger = { table: TABLE.oid, kind: "move-trigger", name: "gone", columns: [] };
  return async (statement) => {
    if (statement.includes("AS bounds")) return [[JSON.stringify(parts)]];
    return statement.includes("'move-trigger'") ? [[JSON.stringify(trigger)]] : [];
  };
}

function sourceOf(query: Query, skipped: readonly string[] = []): PostgresSource {
  return {
    catalog: {
      store: "postgres",
      label: "",
      place: "",
      schemas: null,
      skipped,
      fingerprint: "",
      tables: [TABLE],
      notes: [],
    },
    connection: {
      label: "",
      place: "",
      user: "",
      begin: async () => query,
      transaction: (_, run) => run(query),
      close: async () => {},
    },
    walk: () => expect.unreachable(),
    findUserIds: () => expect.unreachable(),
    close: async () => {},
  };
}

const rowOf = (column: string): PlannedRow => ({
  kind: "row",
  table: TABLE.name,
  key: ["1"],
  changes: [{ column, path: [], subject: "waad|ann", userId: "U", why: "link" }],
  unit: null,
});

it.each<[version: number, column: string, hasTaker: boolean, isLost: boolean]>([
  [149_999, "u", true, true],
  [150_000, "u", true, false],
  [149_999, "u", false, false],
  [149_999, "v", true, false],
])(
  "judges for PostgreSQL %i whether a change of %s with a cascade (%s) takes other rows: %s",
  async (version, column, hasTaker, isLost) => {
    const query = serverOf(version, hasTaker);
    const rules = await postgresRules(sourceOf(query));
    const { signal } = new AbortController();
    const [objection] = await rules.judge(TABLE, [rowOf(column)], new Map(), signal);
    expect(objection?.rule).toBe(isLost ? "partition-key" : undefined);
    expect(objection?.text ?? "").toMatch(
      isLost
        ? /emptied by "r_u_fkey" of "s"\."r"\. Plan again on PostgreSQL 15 .*; or leave the row\.$/
        : /^$/,
    );
    const tables = new Map([[TABLE.name, { table: TABLE }]]);
    const layout = await readLayout(query, [TABLE.oid]);
    const refuse = () => refuseMoves(tables, layout, new Map([[TABLE.name, new Set([column])]]));
    if (isLost) expect(refuse).toThrow(/"r_u_fkey" of "s"\."r".*Nothing was changed$/);
    else expect(refuse).not.toThrow();
  },
);

it("names the triggers that fire because a row moves", async () => {
  const { notes } = await postgresRules(sourceOf(serverOf(150_000)));
  const moving = /move to the partition .*: "u"\ntriggers of DELETE and INSERT .*: "gone"$/;
  expect(notes(new Map([[TABLE.name, new Set(["u"])]])).join("\n")).toMatch(moving);
  expect(notes(new Map([[TABLE.name, new Set(["v"])]]))).toEqual([]);
});

it.each<[readonly string[], RegExp]>([
  [['"s"."Owners"'], /wants a row of s\."Owners" .*, and --skip leaves that table out\./],
  [[], /wants a row of s\."Owners" .*, and that row stays as it is\./],
])("says of a child whose parent stays whether --skip %j is why", async (skipped, words) => {
  const key = {
    name: "t_u_fkey",
    child: TABLE.oid,
    childName: "s.t",
    columns: ["u"],
    parent: "2",
    parentName: 's."Owners"',
    parentColumns: ["id"],
    equals: ["="],
    onUpdate: "c",
  };
  const query: Query = async (statement) =>
    statement.includes('"parentName"') ? [[JSON.stringify(key)]] : [];
  const [tie] = (await postgresRules(sourceOf(query, skipped))).ties;
  if (tie === undefined) expect.unreachable();
  const part: Part = {
    row: rowOf("u"),
    isByHand: false,
    objection: null,
    references: [{ tie, parent: { key: null, hasNew: false } }],
    carried: new Map(),
  };
  settle([part]);
  expect(part.objection?.text).toMatch(words);
});
