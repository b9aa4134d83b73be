import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ApplyReport,
  applyPlan,
  type LeakTarget,
  makePlan,
  openPostgres,
  openPostgresTarget,
  postgresRules,
  subjectRule,
  undoChanges,
  verifyPlan,
  verifyUndo,
} from "@platform-api/leak";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { describeWith } from "../pages/programs.ts";
import { findPostgres, type Postgres } from "../postgres/postgres.ts";
import { listen } from "../simulator/free-ports.ts";
import { runCommand } from "../simulator/stack.ts";

const RULE = subjectRule(["waad", "auth0"]);
const uuid = (n: number) => `${String(n).padStart(8, "0")}-0000-4000-8000-000000000000`;
const [ANN, BEA, CAT] = [uuid(1), uuid(2), uuid(3)];
const USERS = new Map([
  ["waad|ann", ANN],
  ["waad|bea", BEA],
  ["auth0|bea", BEA],
  ["waad|cat", CAT],
]);

interface Case {
  readonly sql: string;
  readonly merges?: boolean;
  /** The lines of the plan: how many rows of a table are changed, or stay by which rule. */
  readonly plan: Readonly<Record<string, number>>;
  /** What a query answers afterwards. */
  readonly after?: readonly [query: string, answer: unknown];
  readonly refused?: RegExp;
  readonly note?: RegExp;
  /** The text of a conflict. */
  readonly text?: RegExp;
}

const PEOPLE =
  "CREATE TABLE u (id text PRIMARY KEY, boss text); INSERT INTO u VALUES ('waad|ann'), ('waad|bea')";
const RUNS = (action: string) =>
  `CREATE TABLE r (id int PRIMARY KEY, u text REFERENCES u ${action}); INSERT INTO r VALUES (1, 'waad|ann'), (2, 'waad|ann'), (3, 'waad|bea')`;
const BY_USER = "SELECT json_agg(r.u ORDER BY r.id) FROM r";

const CASES: Readonly<Record<string, Case>> = {
  "values, arrays with bounds, and documents as they were written": {
    sql: `CREATE TABLE t (id int PRIMARY KEY, a text, b varchar(60), c char(60), d text[], e json, f jsonb, g jsonb[]);
      INSERT INTO t VALUES (1, 'waad|ann', 'waad|bea', 'waad|ann', '[5:7]={waad|ann,"a, \\"b\\" \\\\",NULL}',
        '{ "a" : ["waad|ann", 1.0],  "a|b":"\\u0077aad|bea" }', '{"x": {"y": "waad|bea"}}', ARRAY['"waad|cat"'::jsonb, 'null'])`,
    plan: { t: 1 },
    after: [
      "SELECT json_build_array(a, b, trim(c), d::text, e::text, f, g::text) FROM t",
      [
        ANN,
        BEA,
        ANN,
        `[5:7]={${ANN},"a, \\"b\\" \\\\",NULL}`,
        `{ "a" : ["${ANN}", 1.0],  "a|b":"${BEA}" }`,
        { x: { y: BEA } },
        `{"\\"${CAT}\\"","null"}`,
      ],
    ],
  },
  "a subject that nobody knows beside one that somebody does": {
    sql: "CREATE TABLE t (id int PRIMARY KEY, a text, b text); INSERT INTO t VALUES (1, 'waad|ann', 'waad|nobody')",
    plan: { t: 1, "t unknown-subject": 1 },
    after: ["SELECT json_build_array(a, b) FROM t", [ANN, "waad|nobody"]],
  },
  "parents and children in one statement": {
    sql: `${PEOPLE}; ${RUNS("")}`,
    plan: { u: 2, r: 3 },
    after: [BY_USER, [ANN, ANN, BEA]],
  },
  "parents and children that are deferred": {
    sql: `${PEOPLE}; ${RUNS("DEFERRABLE")}`,
    plan: { u: 2, r: 3 },
    after: [BY_USER, [ANN, ANN, BEA]],
  },
  "children that follow by a cascade": {
    sql: `${PEOPLE}; ${RUNS("ON UPDATE CASCADE")}`,
    plan: { u: 2 },
    after: [BY_USER, [ANN, ANN, BEA]],
    note: /3 rows of .*"r" follow by .*r_u_fkey/,
  },
  "a child that follows by its key, and has a subject elsewhere": {
    sql: `${PEOPLE}; CREATE TABLE r (u text PRIMARY KEY REFERENCES u ON UPDATE CASCADE, by text); INSERT INTO r VALUES ('waad|ann', 'waad|cat')`,
    plan: { u: 2, r: 1 },
    after: ["SELECT json_build_array(u, by) FROM r", [ANN, CAT]],
  },
  "parents whose key refuses every change": {
    sql: `${PEOPLE}; ${RUNS("ON UPDATE SET NULL")}`,
    plan: { "u foreign-key": 2, "r foreign-key": 3 },
  },
  "what an undo could not bring back": {
    sql: `CREATE TABLE t (id int PRIMARY KEY, u text, raw json, d jsonb, a char(12)[], b bpchar);
      INSERT INTO t VALUES (1, 'waad|ann', '{"a":"waad|ann", "a":"waad|ann"}'), (2, 'waad|ann', '{"a":"waad|ann","a":"${ANN}"}'),
        (3, 'waad|ann', '{"b":"waad|ann","a":{"c":"waad|bea"},"a":{"c":"auth0|bea"}}'), (4, NULL, '{"a":"waad|ann", "a":"nobody"}');
      INSERT INTO t (id, a) VALUES (5, '{waad|ann}'); INSERT INTO t (id, b) VALUES (6, 'waad|ann  '), (7, 'waad|ann')`,
    merges: true,
    plan: { t: 5, "t by-hand": 5 },
    after: [
      "SELECT json_agg(json_build_array(u, raw::text, a::text, octet_length(b)) ORDER BY id) FROM t",
      [
        [ANN, '{"a":"waad|ann", "a":"waad|ann"}', null, null],
        [ANN, `{"a":"waad|ann","a":"${ANN}"}`, null, null],
        [ANN, `{"b":"${ANN}","a":{"c":"waad|bea"},"a":{"c":"auth0|bea"}}`, null, null],
        [null, `{"a":"${ANN}", "a":"nobody"}`, null, null],
        [null, null, '{"waad|ann    "}', null],
        [null, null, null, 10],
        [null, null, null, 36],
      ],
    ],
  },
  "rows that refer to rows of their own table": {
    sql: `${PEOPLE}; ALTER TABLE u ADD FOREIGN KEY (boss) REFERENCES u; UPDATE u SET boss = 'waad|ann'`,
    plan: { u: 3 },
    after: ["SELECT json_object_agg(id, boss) FROM u", { [ANN]: ANN, [BEA]: ANN }],
  },
  "a circle of rows": {
    sql: `${PEOPLE}; ALTER TABLE u ADD FOREIGN KEY (boss) REFERENCES u;
      UPDATE u SET boss = CASE id WHEN 'waad|ann' THEN 'waad|bea' ELSE 'waad|ann' END`,
    plan: { u: 2 },
    after: ["SELECT json_object_agg(id, boss) FROM u", { [ANN]: BEA, [BEA]: ANN }],
  },
  "a parent that exists under the UUID, to which children move": {
    sql: `${PEOPLE}; INSERT INTO u VALUES ('${ANN}'); ${RUNS("")}`,
    merges: true,
    plan: { "u unique": 1, u: 1, r: 3 },
    after: [BY_USER, [ANN, ANN, BEA]],
  },
  "rows beside others under the UUID, without leave to merge": {
    sql: `CREATE TABLE t (id int PRIMARY KEY, u text, by text); INSERT INTO t VALUES (1, 'waad|ann', 'waad|bea'), (2, '${ANN}', ''), (3, 'waad|bea', '')`,
    text: /--merge .* The whole row stays: u, by\.$/,
    plan: { "t merge": 1, t: 1 },
  },
  "two subjects of one person where one row is allowed": {
    sql: "CREATE TABLE t (id int PRIMARY KEY, u text UNIQUE); INSERT INTO t VALUES (1, 'waad|bea'), (2, 'auth0|bea'), (3, 'waad|ann')",
    plan: { "t unique": 2, t: 1 },
  },
  "a unique index of an expression": {
    sql: `CREATE TABLE t (id int PRIMARY KEY, u text); CREATE UNIQUE INDEX ON t (upper(u)); INSERT INTO t VALUES (1, 'waad|ann'), (2, upper('${ANN}'))`,
    plan: { "t unique": 1 },
  },
  "a unique index of some rows": {
    sql: `CREATE TABLE t (id int PRIMARY KEY, u text, own boolean); CREATE UNIQUE INDEX ON t (u) WHERE own;
      INSERT INTO t VALUES (1, 'waad|ann', true), (2, 'waad|ann', false), (3, '${ANN}', true)`,
    merges: true,
    plan: { "t unique": 1, t: 1 },
  },
  "a unique index of a generated column": {
    sql: `CREATE TABLE t (id int PRIMARY KEY, u text, v text GENERATED ALWAYS AS (u || '!') STORED UNIQUE); INSERT INTO t VALUES (1, 'waad|ann'), (2, '${ANN}')`,
    merges: true,
    plan: { "t unique": 1, "t generated": 1 },
  },
  "columns that do not take a UUID": {
    sql: `CREATE DOMAIN sub AS text CHECK (VALUE LIKE '%|%');
      CREATE TABLE a (id int PRIMARY KEY, u varchar(30)); INSERT INTO a VALUES (1, 'waad|ann');
      CREATE TABLE b (id int PRIMARY KEY, u text CHECK (u LIKE '%|%')); INSERT INTO b VALUES (1, 'waad|ann');
      CREATE TABLE c (id int PRIMARY KEY, u sub); INSERT INTO c VALUES (1, 'waad|ann')`,
    plan: { "a check": 1, "b check": 1, "c check": 1 },
  },
  "a partition for a new value, or not": {
    sql: `CREATE TABLE t (u text, id int, PRIMARY KEY (u, id)) PARTITION BY LIST (u);
      CREATE TABLE t1 PARTITION OF t FOR VALUES IN ('waad|ann', 'waad|bea'); CREATE TABLE t2 PARTITION OF t FOR VALUES IN ('${ANN}');
      INSERT INTO t VALUES ('waad|ann', 1), ('waad|bea', 1)`,
    plan: { t: 1, "t partition-key": 1 },
    after: ["SELECT json_agg(u) FROM ONLY t2", [ANN]],
    note: /move to the partition/,
  },
  "a row that moves to another partition with the rows that refer to it, some of which would go with a deleted one":
    {
      sql: `CREATE TABLE t (u text, id int, PRIMARY KEY (u, id)) PARTITION BY LIST (u);
      CREATE TABLE t1 PARTITION OF t FOR VALUES IN ('waad|ann'); CREATE TABLE t2 PARTITION OF t FOR VALUES IN ('${ANN}');
      CREATE TABLE r (id int PRIMARY KEY, u text, FOREIGN KEY (u, id) REFERENCES t ON UPDATE CASCADE ON DELETE CASCADE);
      CREATE FUNCTION pass() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN coalesce(NEW, OLD); END $$;
      CREATE TRIGGER gone AFTER DELETE ON t FOR EACH ROW EXECUTE FUNCTION pass();
      INSERT INTO t VALUES ('waad|ann', 1), ('waad|ann', 2); INSERT INTO r VALUES (1, 'waad|ann')`,
      plan: { t: 2 },
      after: [
        "SELECT json_build_array((SELECT json_agg(u) FROM ONLY t2), (SELECT u FROM r))",
        [[ANN, ANN], ANN],
      ],
      note: /move to the partition.*: "u"\n.*DELETE and INSERT.*: "gone"/,
    },
  "a table without a key, and one whose keys are addresses": {
    sql: `CREATE TABLE a (u text); INSERT INTO a VALUES ('waad|ann'), ('waad|ann');
      CREATE TABLE b (mail text PRIMARY KEY, u text); INSERT INTO b VALUES ('ann@acme.example', 'waad|ann')`,
    plan: { "a no-primary-key": 1, "b no-primary-key": 1 },
  },
  "a parent whose child has no key": {
    sql: `${PEOPLE}; CREATE TABLE r (u text REFERENCES u); INSERT INTO r VALUES ('waad|ann')`,
    plan: { "u foreign-key": 1, u: 1, "r no-primary-key": 1 },
  },
  "rows of a database whose search path leads to what others have made": {
    sql: `CREATE TABLE t (id varchar(9) PRIMARY KEY, u text, v char(40)); INSERT INTO t VALUES ('1', 'waad|ann', 'waad|bea');
      DO $do$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, pg_catalog', current_database()); END $do$;
      CREATE FUNCTION public.unnest(pg_catalog.text[]) RETURNS SETOF pg_catalog.text LANGUAGE sql AS 'SELECT (1 / 0)::pg_catalog.text';
      CREATE FUNCTION public.array_to_json(pg_catalog.text[]) RETURNS json LANGUAGE sql AS 'SELECT (1 / 0)::pg_catalog.text::json';
      CREATE FUNCTION public.txid_current() RETURNS int8 LANGUAGE sql AS 'SELECT (1 / 0)::int8';
      CREATE FUNCTION public.same(pg_catalog.text, pg_catalog.text) RETURNS boolean LANGUAGE sql AS 'SELECT 1 / 0 = 1';
      CREATE OPERATOR public.= (FUNCTION = public.same, LEFTARG = pg_catalog.text, RIGHTARG = pg_catalog.text);
      CREATE DOMAIN public.text AS pg_catalog.text CHECK (false)`,
    plan: { t: 1 },
    after: ["SELECT json_build_array(id, u, trim(v)) FROM t", ["1", ANN, BEA]],
  },
  "documents with more places than a line may have, and with names that a plan must not hold": {
    sql: `CREATE TABLE t (id int PRIMARY KEY, u text, d jsonb); INSERT INTO t VALUES
      (1, 'waad|ann', (SELECT jsonb_agg('waad|bea'::text) FROM generate_series(1, 130000))),
      (2, 'waad|ann', '{"ann@acme.example": "waad|ann", "b": "waad|bea"}'), (3, 'waad|ann', '{"b": "waad|bea"}')`,
    plan: { t: 3, "t by-hand": 2 },
    after: [
      "SELECT json_build_array(min(u), max(u), count(*) FILTER (WHERE d ->> 'b' = 'waad|bea')) FROM t",
      [ANN, ANN, 1],
    ],
  },
  "a trigger that changes the row, too, and one that refuses it": {
    sql: `CREATE TABLE t (id int PRIMARY KEY, u text, n int DEFAULT 0);
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF NEW.id = 2 THEN RAISE EXCEPTION 'not %', NEW.u USING DETAIL = NEW.u; END IF; IF NEW.id = 3 THEN RETURN OLD; END IF; RETURN NEW; END $$;
      CREATE TRIGGER refuse BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION refuse();
      INSERT INTO t VALUES (1, 'waad|ann'), (2, 'waad|bea'), (3, 'waad|cat'), (4, 'waad|ann')`,
    plan: { t: 4 },
    after: ["SELECT json_agg(u ORDER BY id) FROM t", [ANN, "waad|bea", "waad|cat", ANN]],
    refused: /P0001 raise_exception.*keeps the row/s,
    note: /triggers of .*"t" fire.*"refuse"/,
  },
  "a trigger that changes what was set": {
    sql: `CREATE TABLE t (id int PRIMARY KEY, u text, a text[], b json, c jsonb, d jsonb[]);
      CREATE FUNCTION otherwise() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.id = 1 THEN NEW.u := NEW.u || '!'; ELSIF NEW.id = 2 THEN NEW.a := array_append(NEW.a, 'x'); ELSIF NEW.id = 3 THEN NEW.b := NULL;
        ELSIF NEW.id = 4 THEN NEW.c := NEW.c || '{"at": 1}'; ELSIF NEW.id = 5 THEN NEW.d := '{}'; END IF; RETURN NEW; END $$;
      CREATE TRIGGER otherwise BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION otherwise();
      INSERT INTO t (id, u) VALUES (1, 'waad|ann'); INSERT INTO t (id, a) VALUES (2, '{waad|ann}');
      INSERT INTO t (id, b) VALUES (3, '{"a": "waad|ann"}'); INSERT INTO t (id, c) VALUES (4, '{"a": "waad|ann"}');
      INSERT INTO t (id, d) VALUES (5, ARRAY['"waad|ann"'::jsonb]), (6, ARRAY['"waad|ann"'::jsonb])`,
    plan: { t: 6 },
    after: ["SELECT json_agg(id ORDER BY id) FROM t WHERE t::text LIKE '%waad|ann%'", [1, 2, 3, 4, 5]],
    refused: /^[^\n]*changes it otherwise$/,
  },
};

describeWith(["postgres"], "repairing a PostgreSQL", () => {
  let postgres: Postgres;
  let client: Client;
  let folder: string;
  beforeAll(async () => {
    postgres = await (findPostgres() ?? expect.unreachable())();
    folder = mkdtempSync(join(tmpdir(), "leak-repair-"));
    client = new Client({ connectionString: postgres.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await postgres.stop();
    rmSync(folder, { recursive: true });
  });

  /** Cases are repaired together, as the tables of one database: those that merge, and the others. */
  const results = new Map<boolean, Result>();
  const schemasOf = (merges: boolean) =>
    Object.values(CASES).flatMap((one, at) => ((one.merges ?? false) === merges ? [`case_${at}`] : []));
  beforeAll(async () => {
    for (const [at, { sql }] of Object.values(CASES).entries())
      await client.query(`CREATE SCHEMA case_${at}; SET search_path = case_${at}; ${sql}`);
    for (const merges of [false, true]) {
      const schemas = schemasOf(merges);
      const files = { plan: join(folder, `${merges}`), undo: join(folder, `${merges}.undo`) };
      const before = await rowsOf(client, schemas);
      await plan(postgres.url, schemas, files.plan, merges);
      const first = await apply(postgres.url, schemas, files);
      const after = await rowsOf(client, schemas);
      results.set(merges, { schemas, files, lines: linesOf(files.plan), before, first, after });
    }
  });

  it.each(Object.entries(CASES))("plans and changes %s", async (name, { merges = false, ...example }) => {
    const schema = `case_${Object.keys(CASES).indexOf(name)}`;
    const result = results.get(merges) ?? expect.unreachable();
    const isOwn = ({ table }: { readonly table: string }) => table.startsWith(`"${schema}"`);
    const lines = result.lines.filter(isOwn);
    expect(countsOf(lines)).toEqual(example.plan);
    expect(lines.filter(({ kind, text }) => kind === "conflict" && !/\. .*[.;]$/s.test(text))).toEqual([]);
    const texts = lines.filter(({ kind }) => kind === "conflict").map(({ text }) => text);
    expect(texts.join("\n")).toMatch(example.text ?? /^/);
    const notes = result.lines.filter(({ kind }) => kind === "note").map(({ text }) => text);
    expect(notes.filter((text) => text.includes(`"${schema}"`)).join("\n")).toMatch(example.note ?? /^/);
    const refused = result.first.refused.filter(isOwn).map(({ why }) => why);
    expect(refused.join("\n")).toMatch(example.refused ?? /^$/);
    if (example.after === undefined) return;
    const [query, answer] = example.after;
    await client.query(`SET search_path = ${schema}`);
    const { rows } = await client.query({ text: query, rowMode: "array" });
    expect(rows).toEqual([[answer]]);
  });

  it.each([false, true])(
    "changes nothing twice, and goes back to what was, with --merge: %s",
    async (merges) => {
      const { schemas, files, before, first, after } = results.get(merges) ?? expect.unreachable();
      // A row whose key follows its parent, or changes by a later line, is not found again by this one.
      const skipped = merges ? 0 : 2;
      const counts = { changed: 0, changedBefore: first.changed - skipped, skipped };
      expect(await apply(postgres.url, schemas, files)).toMatchObject({ ...counts, left: first.left });
      expect(await rowsOf(client, schemas)).toEqual(after);
      expect((await undo(postgres.url, schemas, files.undo)).changed).toBe(first.changed);
      expect(await rowsOf(client, schemas)).toEqual(before);
      expect(await undo(postgres.url, schemas, files.undo)).toMatchObject({ changed: 0, refused: [] });
    },
  );
});

describeWith(["postgres"], "rows that move to another partition", () => {
  it("would take others with them before PostgreSQL 15, by whatever of the partitions these refer to", async () => {
    const postgres = await (findPostgres() ?? expect.unreachable())();
    onTestFinished(postgres.stop);
    const client = new Client({ connectionString: postgres.url });
    await client.connect();
    onTestFinished(() => client.end());
    const child = (name: string, reference: string) =>
      `CREATE TABLE ${name} (u text, id int, FOREIGN KEY (u, id) REFERENCES ${reference});`;
    await client.query(`CREATE SCHEMA part; CREATE TABLE t (u text, id int, PRIMARY KEY (u, id)) PARTITION BY LIST (u);
      CREATE TABLE part.t PARTITION OF t FOR VALUES IN ('waad|ann') PARTITION BY HASH (u);
      CREATE TABLE part.t1 PARTITION OF part.t FOR VALUES WITH (MODULUS 1, REMAINDER 0);
      ${child("a", "t ON DELETE CASCADE")} ${child("b", "part.t1 ON DELETE SET NULL")} ${child("c", "part.t ON DELETE SET DEFAULT")}
      ${child("d", "t ON DELETE RESTRICT")} ${child("e", "t")} INSERT INTO t VALUES ('waad|ann', 1)`);
    for (const schema of ["public", "part"]) {
      const { connection, ...source } = await openPostgres({
        url: postgres.url,
        schemas: [schema],
        rule: RULE,
      });
      onTestFinished(() => source.close());
      const rules = await postgresRules({ ...source, connection: ofVersion(connection, 149_999) });
      const isTable = ({ name }: { readonly name: string }) => name === `"${schema}"."t"`;
      const table = source.catalog.tables.find(isTable) ?? expect.unreachable();
      const change = { column: "u", path: [], subject: "waad|ann", userId: ANN, why: "link" } as const;
      const row = {
        kind: "row",
        table: table.name,
        key: ["waad|ann", "1"],
        changes: [change],
        unit: null,
      } as const;
      const [objection] = await rules.judge(table, [row], new Map(), never);
      expect(objection?.rule).toBe("partition-key");
      expect(objection?.text.match(/"\w+" of "public"\."\w"/g)).toEqual(
        ["a", "b", "c"].map((name) => `"${name}_u_id_fkey" of "public"."${name}"`),
      );
    }
  });
});

describeWith(["postgres"], "changing a PostgreSQL beside others", () => {
  const SCHEMAS = ["beside"];
  let postgres: Postgres;
  let client: Client;
  let folder: string;
  beforeAll(async () => {
    postgres = await (findPostgres() ?? expect.unreachable())();
    client = new Client({ connectionString: postgres.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await postgres.stop();
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "leak-beside-"));
    await client.query(
      `DROP SCHEMA IF EXISTS beside CASCADE; CREATE SCHEMA beside; SET search_path = beside; CREATE TABLE t (id int PRIMARY KEY, u text);
        INSERT INTO t SELECT i, (ARRAY['waad|ann', 'waad|bea', 'waad|cat'])[i % 3 + 1] FROM generate_series(1, 1010) AS i`,
    );
    await plan(postgres.url, SCHEMAS, join(folder, "plan"), false);
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const files = () => ({ plan: join(folder, "plan"), undo: join(folder, "plan.undo") });
  /** What is left for a run after one that came as far as the first batch. */
  const SECOND_BATCH = { changed: 510, changedBefore: 500, skipped: 0, left: [] };
  const countLeft = async () => Number((await client.query("SELECT FROM t WHERE u LIKE 'waad|%'")).rowCount);

  it.each(["is committed", "is lost"])(
    "counts each row once where the connection ends in a COMMIT that %s",
    async (outcome) => {
      const proxy = await cutAtCommit(postgres.url, outcome === "is committed");
      onTestFinished(proxy.close);
      const verified = await verifyPlan(files().plan, RULE);
      const applied = await withTarget(proxy.url, SCHEMAS, (target) =>
        applyPlan(files(), verified, target, report, never),
      );
      expect(applied).toMatchObject({ changed: 1_010, skipped: 0, refused: [], left: [] });
      expect([proxy.cuts(), await countLeft()]).toEqual([1, 0]);
      await undo(postgres.url, SCHEMAS, files().undo);
      expect(await countLeft()).toBe(1_010);
    },
  );

  it("changes all other rows while somebody holds one, and that one as soon as it is free", async () => {
    const holder = new Client({ connectionString: postgres.url });
    await holder.connect();
    onTestFinished(() => holder.end());
    await holder.query("BEGIN; SELECT FROM beside.t WHERE id = 1005 FOR UPDATE");
    const applying = apply(postgres.url, SCHEMAS, files());
    await expect.poll(countLeft).toBe(1);
    await holder.query("COMMIT");
    expect(await applying).toMatchObject({ changed: 1_010, refused: [], left: [] });
  });

  it("changes nothing of a batch whose undo lines cannot be written, and goes on later", async () => {
    const verified = await verifyPlan(files().plan, RULE);
    const full = new Error("no space");
    const failing = withTarget(postgres.url, SCHEMAS, async (target) =>
      applyPlan(files(), verified, withFailingUndo(target, full), report, never),
    );
    await expect(failing).rejects.toThrow(full);
    expect(await countLeft()).toBe(510);
    expect(await apply(postgres.url, SCHEMAS, files())).toMatchObject(SECOND_BATCH);
  });

  it("stops between batches, and goes on where it is started again", async () => {
    const verified = await verifyPlan(files().plan, RULE);
    const stop = new AbortController();
    const stopped = await withTarget(postgres.url, SCHEMAS, (target) =>
      applyPlan(files(), verified, target, () => stop.abort(), stop.signal),
    );
    expect(stopped).toMatchObject({ changed: 500, isStopped: true, left: null });
    expect(await countLeft()).toBe(510);
    expect(await apply(postgres.url, SCHEMAS, files())).toMatchObject(SECOND_BATCH);
  });

  it("says which permission is missing, before the first change", async () => {
    await client.query(
      "DROP ROLE IF EXISTS leak_reader; CREATE ROLE leak_reader LOGIN; GRANT USAGE ON SCHEMA beside TO leak_reader; GRANT SELECT ON t TO leak_reader",
    );
    onTestFinished(async () => {
      await client.query("DROP OWNED BY leak_reader; DROP ROLE leak_reader");
    });
    const url = Object.assign(new URL(postgres.url), { username: "leak_reader" }).href;
    await expect(apply(url, SCHEMAS, files())).rejects.toThrow(
      'nothing was changed:\n  GRANT UPDATE ON "beside"."t" TO "leak_reader";',
    );
    expect(await countLeft()).toBe(1_010);
  });

  it("refuses a plan of tables that have changed since, and keeps the way back of what was applied", async () => {
    await client.query("ALTER TABLE t ADD UNIQUE (id, u)");
    await expect(apply(postgres.url, SCHEMAS, files())).rejects.toThrow(
      /another database .* or before its tables.*make it again/,
    );
    await client.query("ALTER TABLE t DROP CONSTRAINT t_id_u_key");
    expect((await apply(postgres.url, SCHEMAS, files())).changed).toBe(1_010);
    await client.query("ALTER TABLE t ADD COLUMN n int; CREATE INDEX ON t (u); CREATE TABLE more (u text)");
    const half = apply(postgres.url, SCHEMAS, files());
    await expect(half).rejects.toThrow(/`leak undo .*plan\.undo` takes that back.*a new `leak plan`/);
    await expect(half).rejects.not.toThrow(/make it again/);
    await client.query("ALTER TABLE t RENAME COLUMN u TO v");
    await expect(undo(postgres.url, SCHEMAS, files().undo)).rejects.toThrow(
      /does not fit \S+ on 127.* any more: "beside"\."t" has no column u of the type text\./,
    );
    await client.query("ALTER TABLE t RENAME COLUMN v TO u");
    expect((await undo(postgres.url, SCHEMAS, files().undo)).changed).toBe(1_010);
    expect(await countLeft()).toBe(1_010);
  });

  it("goes back by the command although tables that nobody may read were made since", async () => {
    await apply(postgres.url, SCHEMAS, files());
    await client.query(
      "DROP ROLE IF EXISTS leak_writer; CREATE ROLE leak_writer LOGIN; GRANT USAGE ON SCHEMA beside TO leak_writer; GRANT SELECT, UPDATE ON t TO leak_writer; CREATE TABLE shut (u text)",
    );
    onTestFinished(async () => {
      await client.query("DROP OWNED BY leak_writer; DROP ROLE leak_writer");
    });
    const url = Object.assign(new URL(postgres.url), { username: "leak_writer" }).href;
    const { status, output } = await leak("undo", files().undo, "--postgres", url, "--yes");
    expect({ status, output }).toEqual({
      status: 0,
      output: expect.stringContaining("1,010 rows changed back"),
    });
  });

  it("tells rows that were changed before from those that somebody has changed since", async () => {
    await apply(postgres.url, SCHEMAS, files());
    await client.query("UPDATE t SET u = 'somebody' WHERE id < 4; DELETE FROM t WHERE id = 5");
    expect(await apply(postgres.url, SCHEMAS, files())).toMatchObject({
      changed: 0,
      changedBefore: 1_006,
      skipped: 4,
    });
    expect(await undo(postgres.url, SCHEMAS, files().undo)).toMatchObject({ changed: 1_006, skipped: 4 });
  });

  it("says what a trigger may not do, and who has to grant it", async () => {
    await client.query(`DROP ROLE IF EXISTS leak_writer; CREATE ROLE leak_writer LOGIN; GRANT USAGE ON SCHEMA beside TO leak_writer;
      GRANT SELECT, UPDATE ON t TO leak_writer; CREATE TABLE audit (id int, what text);
      CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO beside.audit VALUES (NEW.id, NEW.u); RETURN NEW; END $$;`);
    onTestFinished(async () => {
      await client.query("DROP OWNED BY leak_writer; DROP ROLE leak_writer");
    });
    await client.query(
      "GRANT SELECT ON audit TO leak_writer; CREATE TRIGGER note AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION note()",
    );
    rmSync(files().plan);
    await plan(postgres.url, SCHEMAS, join(folder, "plan"), false);
    const url = Object.assign(new URL(postgres.url), { username: "leak_writer" }).href;
    const denied = apply(url, SCHEMAS, files());
    await expect(denied).rejects.toThrow(
      /a trigger may not use the table "beside"\."audit": .* this role, leak_writer/,
    );
    await expect(denied).rejects.toThrow('\n  GRANT INSERT ON TABLE "beside"."audit" TO "leak_writer";');
    expect(await countLeft()).toBe(1_010);
  });

  it("keeps what was read and changed of a copy apart from the database", async () => {
    const copy = Object.assign(new URL(postgres.url), { hostname: "localhost" }).href;
    const here = ["--postgres", postgres.url, "--yes"];
    const there = ["--postgres", copy, "--yes"];
    const run = async (...args: string[]) => {
      const { status, output } = await leak(...args);
      return [status, output];
    };
    const { plan: file, undo: back } = files();
    const places =
      /localhost:\d+, and this is \S+ on 127\.0\.0\.1:\d+|127\.0\.0\.1:\d+, and this is \S+ on localhost:\d+/;
    expect(await run("apply", file, ...there)).toEqual([1, expect.stringMatching(places)]);
    expect(await countLeft()).toBe(1_010);
    expect(await run("apply", file, ...there, "--elsewhere")).toEqual([
      0,
      expect.stringContaining("1,010 rows changed;"),
    ]);
    expect(await run("undo", back, ...here)).toEqual([1, expect.stringMatching(places)]);
    expect(await run("apply", file, ...here)).toEqual([
      1,
      expect.stringMatching(/plan\.undo is the undo file of .*--undo/),
    ]);
    expect(await run("apply", file, ...here, "--elsewhere", "--undo", `${back}2`)).toEqual([
      0,
      expect.stringContaining("0 rows changed; 1,010 had been changed before; 0 no longer hold"),
    ]);
    expect(await run("undo", back, ...here, "--elsewhere")).toEqual([
      0,
      expect.stringContaining("1,010 rows"),
    ]);
  });

  it("leaves out the tables that --skip names, and what is applied does, too", async () => {
    await client.query(`CREATE TABLE "More" (id int PRIMARY KEY, u text); INSERT INTO "More" VALUES (1, 'waad|ann');
      CREATE TABLE p (u text PRIMARY KEY) PARTITION BY LIST (u); CREATE TABLE p1 PARTITION OF p DEFAULT; INSERT INTO p VALUES ('waad|ann')`);
    const store = ["--postgres", postgres.url];
    const state = ["--schema", "beside", "--state", join(folder, "state")];
    const scan = async (...names: string[]) => {
      const { status, output } = await leak(
        "scan",
        ...store,
        ...state,
        ...names.flatMap((name) => ["--skip", name]),
      );
      return [status, output];
    };
    const note =
      /of 1 table read.*\nNote: tables that --skip names are not looked at: "beside"\."More", "beside"\."p"\n/s;
    expect(await scan("beside.More", '"beside"."p"')).toEqual([1, expect.stringMatching(note)]);
    for (const [name, words] of [
      ["More", /no table More .*with its schema: "beside"\."More"/],
      ["beside.more", /no table beside\.more .*in upper and lower case/],
      ["beside.p1", /"beside"\."p1" is a partition of "beside"\."p", .*leave all of it out/],
    ] as const)
      expect(await scan(name)).toEqual([1, expect.stringMatching(words)]);
    const others = await leak("scan", "--ndjson", files().plan, "--skip", "beside.More");
    expect(others).toMatchObject({ status: 2, output: expect.stringContaining("--skip needs --postgres") });

    rmSync(files().plan);
    await plan(postgres.url, SCHEMAS, files().plan, false, ["beside.More", "beside.p"]);
    const asked: string[] = [];
    const ask = async (question: string) => `${asked.push(question)}`;
    await leakAsking(ask, "apply", files().plan, ...store);
    expect(asked.join()).toContain(' as postgres without "beside"."More", "beside"."p", will be changed in ');
    await client.query('DROP TABLE "More"');
    const applied = await leak("apply", files().plan, ...store, "--yes");
    expect(applied).toMatchObject({ status: 0, output: expect.stringContaining("1,010 rows changed;") });
    expect((await client.query("SELECT u FROM p")).rows).toEqual([{ u: "waad|ann" }]);
  });

  it("checks file and database before it asks, and says what is asked of how old a plan", async () => {
    const asked: string[] = [];
    const ask = async (question: string) => {
      asked.push(question);
      return "no";
    };
    expect(await leak("apply", files().plan)).toMatchObject({
      status: 2,
      output: expect.stringContaining("choose one store"),
    });
    const store = ["--postgres", postgres.url];
    expect((await leakAsking(ask, "apply", files().plan, ...store)).output).toContain("not confirmed");
    expect(asked.join()).toMatch(
      /^1,010 rows of 1 table, planned 0 min ago \(2\S+Z\) from \S+ on 127\S+ as \w+, will be changed in \S+ on 127/,
    );
    await client.query("ALTER TABLE t ADD UNIQUE (id, u)");
    expect((await leakAsking(ask, "apply", files().plan, ...store)).output).toContain(
      "before its tables were changed",
    );
    expect(asked).toHaveLength(1);
  });
});

type Connection = Awaited<ReturnType<typeof openPostgres>>["connection"];

/** A server that says it is of another version. */
function ofVersion(connection: Connection, version: number): Connection {
  return {
    ...connection,
    transaction: (options, run) =>
      connection.transaction(options, (query) =>
        run((statement, values) =>
          query(statement.replace("current_setting('server_version_num')", `'${version}'`), values),
        ),
      ),
  };
}

/** The second batch finds no room for its lines. */
function withFailingUndo(target: LeakTarget, error: Error): LeakTarget {
  let batches = 0;
  return {
    ...target,
    apply: (rows, before, signal) =>
      target.apply(
        rows,
        async (lines) => {
          batches += 1;
          if (batches > 1) throw error;
          await before(lines);
        },
        signal,
      ),
  };
}

/** Passes connections on to PostgreSQL, and cuts the first that commits a change: before it is told, or before it answers. */
async function cutAtCommit(url: string, isPassedOn: boolean) {
  const { hostname, port } = new URL(url);
  let cuts = 0;
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    let isWriting = false;
    for (const socket of [near, far]) socket.on("error", () => {});
    near
      .on("close", () => far.destroy())
      .on("data", (data) => {
        const text = data.toString("latin1");
        isWriting ||= text.includes("READ WRITE");
        if (!isWriting || cuts > 0 || !text.includes("COMMIT")) {
          far.write(data);
          return;
        }
        cuts += 1;
        if (!isPassedOn) near.destroy();
        else far.write(data, () => near.pause());
      });
    far
      .on("close", () => near.destroy())
      .on("data", (data) => {
        if (cuts === 1 && isWriting && isPassedOn && near.isPaused()) near.destroy();
        else near.write(data);
      });
  });
  const own = await listen(server);
  return {
    url: Object.assign(new URL(url), { port: `${own}` }).href,
    cuts: () => cuts,
    close: () => {
      server.close();
    },
  };
}

interface Result {
  readonly schemas: readonly string[];
  readonly files: { readonly plan: string; readonly undo: string };
  readonly lines: ReturnType<typeof linesOf>;
  readonly before: readonly string[];
  readonly first: ApplyReport;
  readonly after: readonly string[];
}

const never = new AbortController().signal;
const report = () => {};

async function plan(
  url: string,
  schemas: readonly string[],
  file: string,
  merges: boolean,
  skipped: readonly string[] = [],
): Promise<void> {
  const skip = { tables: skipped, mustExist: true };
  const source = await openPostgres({ url, schemas, skip, rule: RULE });
  try {
    const rules = await postgresRules(source);
    const resolve = async (subjects: readonly string[]) =>
      new Map(
        subjects.map((subject) => {
          const userId = USERS.get(subject) ?? null;
          return [subject, userId === null ? { userId, why: "nobody" } : { userId, by: "link" as const }];
        }),
      );
    await makePlan({ file, source, rules, resolve, merges, only: null, report }, never);
  } finally {
    await source.close();
  }
}

async function withTarget<T>(
  url: string,
  schemas: readonly string[],
  run: (target: LeakTarget) => Promise<T>,
): Promise<T> {
  const target = await openPostgresTarget({ url, schemas, rule: RULE });
  try {
    return await run(target);
  } finally {
    await target.close();
  }
}

async function apply(
  url: string,
  schemas: readonly string[],
  files: { plan: string; undo: string },
): Promise<ApplyReport> {
  const verified = await verifyPlan(files.plan, RULE);
  return withTarget(url, schemas, (target) => applyPlan(files, verified, target, report, never));
}

const leak = (...args: string[]) => runCommand({}, ["leak", ...args]);
const leakAsking = (ask: (question: string) => Promise<string>, ...args: string[]) =>
  runCommand({}, ["leak", ...args], ask);

async function undo(url: string, schemas: readonly string[], file: string) {
  const verified = await verifyUndo(file);
  return withTarget(url, schemas, (target) => undoChanges(file, verified, target, report, never));
}

const LINE = z.object({
  kind: z.string(),
  table: z.string().default(""),
  rule: z.string().optional(),
  text: z.string().default(""),
});

function linesOf(file: string) {
  return readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((text) => LINE.parse(JSON.parse(text)));
}

function countsOf(lines: ReturnType<typeof linesOf>): Record<string, number> {
  const names = lines
    .filter(({ kind }) => kind === "row" || kind === "conflict")
    .map(({ table, rule }) => [table.replaceAll(/^.*\."|"$/g, ""), rule].filter(Boolean).join(" "));
  return Object.fromEntries(
    [...Map.groupBy(names, (name) => name)].map(([name, { length }]) => [name, length]),
  );
}

/** Every row of every table of some schemas, sorted. */
async function rowsOf(client: Client, schemas: readonly string[]): Promise<readonly string[]> {
  const tables = await client.query<{ name: string }>(
    "SELECT oid::regclass::text AS name FROM pg_class WHERE relnamespace = ANY ($1::text[]::regnamespace[]) AND relkind IN ('r', 'p') AND NOT relispartition",
    [schemas],
  );
  const all: string[] = [];
  for (const { name } of tables.rows) {
    const { rows } = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t ORDER BY 1`);
    all.push(...rows.map(({ row }) => `${name} ${row}`));
  }
  return all.sort();
}
