import type { LeakSource } from "@platform-api/leak";
import { expect, it } from "vitest";
import { describePostgres, NEVER, USER, withSource } from "./database.ts";

describePostgres("a walk of PostgreSQL", (database) => {
  /** Each place that is found: its table, key, column, path and subject. */
  async function placesOf(source: LeakSource): Promise<unknown[]> {
    const found: unknown[] = [];
    for (const table of source.catalog.tables) {
      for await (const batch of source.walk(table, null, NEVER)) {
        for (const { key, places } of batch.found) {
          for (const { column, path, subject } of places)
            found.push([table.name, key, column, path, subject]);
        }
      }
    }
    return found;
  }
  it("finds whole values in each type of column, and tells apart what only looks like one", async () => {
    await database.sql.query(`
      CREATE EXTENSION citext; CREATE EXTENSION hstore;
      CREATE SCHEMA types;
      CREATE COLLATION types.blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
      CREATE DOMAIN types.person AS varchar(60); CREATE DOMAIN types.leader AS types.person;
      CREATE DOMAIN types.people AS text[];
      CREATE TYPE types.mood AS ENUM ('waad|enum'); CREATE TYPE types.pair AS (a text, b text);
      CREATE TABLE types.every (
        id int PRIMARY KEY, plain text, narrow varchar(80), padded char(40), loose citext, ruled types.leader,
        blind text COLLATE types.blind, list text[], square varchar(40)[][], bounds types.people, loosely citext[],
        padded_list char(20)[], written json, packed jsonb, many json[], packs jsonb[],
        follows text GENERATED ALWAYS AS ('waad|' || id) STORED,
        mood types.mood, pair types.pair, map hstore, bytes bytea, own uuid);
      INSERT INTO types.every VALUES (
        1, 'waad|1', 'waad|2', 'waad|3', 'waad|4', 'waad|5', 'waad|6',
        ARRAY['x', 'waad|7', NULL, 'auth0|{,"}'], ARRAY[['waad|8', 'x'], ['x', 'waad|9']], '[5:6]={x,waad|10}',
        ARRAY['waad|11'], ARRAY['waad|12'],
        '{"a": {"b": ["x", "waad|13"]}, "a": "waa\\u0064\\u007c14", "n": 1e400, "waad|key": "waad|15"}',
        '{"a": "waad|16 \\"quoted\\"", "b": "of waad|prose"}',
        ARRAY['"waad|17"', '["waad|18"]']::json[], ARRAY['{"a": "waad|19"}']::jsonb[],
        DEFAULT, 'waad|enum', ROW('waad|pair', ''), 'a=>"waad|map"', 'waad|bytes', '${USER}');
      INSERT INTO types.every (id, plain, narrow, list, packed, many) VALUES
        (2, 'of waad|prose', 'okta|unknown', ARRAY['of waad|prose', 'okta|unknown'], '"okta|unknown"', ARRAY['"x"']::json[]),
        (3, 'waad|' || repeat('x', 300), 'x', '{}', 'null', '{}');
      INSERT INTO types.every (id, written) VALUES (4, '"waad\\u007c20"');`);
    await withSource(database, ["types"], async (source) => {
      const places = await placesOf(source);
      const of = (column: string, path: readonly (string | number)[], subject: string, row = "1") => {
        return ['"types"."every"', [row], column, path, subject];
      };
      expect(places).toEqual([
        of("plain", [], "waad|1"),
        of("narrow", [], "waad|2"),
        of("padded", [], "waad|3"),
        of("loose", [], "waad|4"),
        of("ruled", [], "waad|5"),
        of("blind", [], "waad|6"),
        of("list", [1], "waad|7"),
        of("list", [3], 'auth0|{,"}'),
        of("square", [0, 0], "waad|8"),
        of("square", [1, 1], "waad|9"),
        of("bounds", [1], "waad|10"),
        of("loosely", [0], "waad|11"),
        of("padded_list", [0], "waad|12"),
        of("written", ["a", "b", 1], "waad|13"),
        of("written", ["a"], "waad|14"),
        of("written", ["waad|key"], "waad|15"),
        of("packed", ["a"], 'waad|16 "quoted"'),
        of("many", [0], "waad|17"),
        of("many", [1, 0], "waad|18"),
        of("packs", [0, "a"], "waad|19"),
        of("follows", [], "waad|1"),
        of("follows", [], "waad|2", "2"),
        of("follows", [], "waad|3", "3"),
        of("written", [], "waad|20", "4"),
        of("follows", [], "waad|4", "4"),
      ]);
      const [table = expect.fail()] = source.catalog.tables;
      expect(table.columns.find(({ name }) => name === "follows")?.isGenerated).toBe(true);
      expect(source.catalog.notes).toEqual([expect.stringContaining('"types"."every"."pair" (types.pair)')]);
      const resembling = new Map<string, number>();
      for await (const batch of source.walk(table, null, NEVER)) {
        for (const [column, count] of batch.resembling) resembling.set(column, count);
      }
      expect(Object.fromEntries(resembling)).toEqual({
        plain: 2,
        narrow: 1,
        list: 1,
        written: 1,
        packed: 2,
      });
    });
  });

  /** A type of a key, and its value of row i. */
  const KEYS = [
    ["uuid", "md5(i::text)::uuid"],
    ["timestamptz", "'2026-03-29 00:59:59+00'::timestamptz + i * interval '1.000001 s'"],
    ["numeric", "CASE i WHEN 1 THEN 'NaN' ELSE i * -1.10 END"],
    ["float8", "1 / (i + 2.1)"],
    ['text COLLATE "en-x-icu"', "CASE i % 3 WHEN 0 THEN 'ä' WHEN 1 THEN 'Z' ELSE 'a' END || i"],
    ["text COLLATE types.blind", "chr(65 + i % 26 + 32 * (i % 2)) || i"],
    ["bytea", "decode(md5(i::text), 'hex')"],
    ["citext", "chr(65 + i % 26 + 32 * (i % 2)) || i"],
    ["char(6)", "to_char(i, 'FM999')"],
    ["types.size", "(enum_range(NULL::types.size))[i]", 3],
    ["interval", "i * interval '1 day 1 h'"],
    ["types.code", "'c' || i"],
    ['types.code COLLATE "C"', "'c' || i"],
    ["int4range", "int4range(i, i + 2)"],
    ["text[]", "ARRAY['a,\"' || i, NULL]"],
  ] as const;

  it("reads each row once by a key of any type, also one of several columns", async () => {
    const tables = KEYS.map(([type, value, rows = 40], at) => {
      return `CREATE TABLE keys.two${at} (v text, list text[], "Key" ${type}, n numeric(6, 3), PRIMARY KEY (n, "Key"));
        INSERT INTO keys.two${at} SELECT CASE WHEN i % 3 = 0 THEN 'waad|' || i END, '{}', ${value}, i % 2 + 0.5
          FROM generate_series(1, ${rows}) i;
        CREATE TABLE keys.one${at} (v text, list text[], "Key" ${type} PRIMARY KEY);
        INSERT INTO keys.one${at} SELECT v, list, "Key" FROM keys.two${at};`;
    });
    await database.sql.query(`
      CREATE SCHEMA keys; CREATE TYPE types.size AS ENUM ('s', 'm', 'a');
      CREATE DOMAIN types.code AS text COLLATE "en-x-icu";
      CREATE FUNCTION array_to_json(text[]) RETURNS json LANGUAGE sql AS 'SELECT (1 / 0)::text::json';
      ${tables.join("\n")}`);
    await withSource(database, ["keys"], async (source) => {
      expect(source.catalog.tables).toHaveLength(2 * KEYS.length);
      for (const table of source.catalog.tables) {
        const walked: unknown[] = [];
        let rows = 0;
        for await (const batch of source.walk(table, null, NEVER)) {
          rows += batch.rows;
          for (const { key, places } of batch.found) walked.push([places[0]?.subject, ...(key ?? [])]);
          expect(batch.rows).toBeLessThanOrEqual(7);
        }
        const { key } = table;
        const keyTexts = key?.map((name) => `"${name}"::text`).join(", ");
        const order = key?.map((name) => `t."${name}"`).join(", ");
        const text = `SELECT v, ${keyTexts} FROM ${table.name} t WHERE v IS NOT NULL ORDER BY ${order}`;
        const stored = await database.sql.query({ text, rowMode: "array" });
        expect([table.name, walked]).toEqual([table.name, stored.rows]);
        expect(rows).toBe(walked.length === 1 ? 3 : 40);
      }
    });
  });

  it("reads fewer rows at once where they are large", async () => {
    await database.sql.query(`
      CREATE SCHEMA large; CREATE TABLE large.t (id int PRIMARY KEY, doc json);
      INSERT INTO large.t SELECT i, json_build_object('u', 'waad|' || i, 'x', repeat('x', 3000 * (i % 5))) FROM generate_series(0, 10) i`);
    await withSource(database, ["large"], async (source) => {
      const [table = expect.fail()] = source.catalog.tables;
      const rows: number[] = [];
      for await (const batch of source.walk(table, null, NEVER)) {
        rows.push(batch.rows);
        expect(batch.found).toHaveLength(batch.rows);
      }
      expect(rows).toEqual([3, 1, 1, 3, 1, 1, 1]);
    });
  });

  it("reads partitions and children once, names what it does not read, and hurts nobody by a name", async () => {
    await database.sql.query(`
      CREATE SCHEMA "Sch""ema; DROP"; SET search_path = "Sch""ema; DROP", public;
      CREATE TABLE parted (id int, day date, u text, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
      CREATE TABLE parted_a PARTITION OF parted FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
      CREATE TABLE parted_b PARTITION OF parted DEFAULT PARTITION BY LIST (id);
      CREATE TABLE parted_b1 PARTITION OF parted_b DEFAULT;
      INSERT INTO parted SELECT i, date '2026-01-25' + i, 'waad|p' || i FROM generate_series(1, 15) i;
      CREATE TABLE unkeyed (u text, day int) PARTITION BY LIST (day);
      CREATE TABLE unkeyed_1 PARTITION OF unkeyed (PRIMARY KEY (u)) FOR VALUES IN (1);
      CREATE TABLE unkeyed_2 PARTITION OF unkeyed FOR VALUES IN (2);
      INSERT INTO unkeyed VALUES ('waad|u1', 1), ('waad|u2', 2), ('x', 2);
      CREATE TABLE parent (id int PRIMARY KEY, u text);
      CREATE TABLE child (extra text) INHERITS (parent);
      INSERT INTO parent VALUES (1, 'waad|parent'); INSERT INTO child VALUES (1, 'waad|child', 'waad|extra');
      CREATE TABLE "'; DROP TABLE parent; --" ("a""b$1'" int PRIMARY KEY, "-- u" text);
      INSERT INTO "'; DROP TABLE parent; --" VALUES (1, 'waad|hostile');
      CREATE VIEW shown AS SELECT * FROM parent; CREATE MATERIALIZED VIEW kept AS SELECT * FROM parent;
      CREATE EXTENSION postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw;
      CREATE FOREIGN TABLE faraway (u text) SERVER far;
      CREATE TABLE mixed (u text, day int) PARTITION BY LIST (day);
      CREATE TABLE mixed_1 PARTITION OF mixed FOR VALUES IN (1); INSERT INTO mixed VALUES ('waad|mixed', 1);
      CREATE FOREIGN TABLE mixed_2 PARTITION OF mixed FOR VALUES IN (2) SERVER far;
      CREATE TEMPORARY TABLE passing (u text); RESET search_path;`);
    await withSource(database, ['Sch"ema; DROP'], async (source) => {
      const name = (table: string) => `"Sch""ema; DROP".${table}`;
      const { tables, notes } = source.catalog;
      expect(tables.map((table) => [table.name, table.key])).toEqual([
        [name(`"'; DROP TABLE parent; --"`), ["a\"b$1'"]],
        [name('"child"'), null],
        [name('"mixed_1"'), null],
        [name('"parent"'), ["id"]],
        [name('"parted"'), ["id", "day"]],
        [name('"unkeyed_1"'), ["u"]],
        [name('"unkeyed_2"'), null],
      ]);
      expect(notes.join("\n")).toMatch(
        /views .*"shown"\n.*refresh them after.*"kept"\n.*own server.*"faraway", .*"mixed_2"$/,
      );
      const places = await placesOf(source);
      const subjects = places.map((place) => (Array.isArray(place) ? String(place[4]) : ""));
      const parted = Array.from({ length: 15 }, (_, at) => `waad|p${at + 1}`);
      const others = ["child", "extra", "hostile", "mixed", "parent", "u1", "u2"].map((one) => `waad|${one}`);
      expect(subjects.toSorted()).toEqual([...others, ...parted].toSorted());
    });
    const { rowCount } = await database.sql.query(`SELECT FROM "Sch""ema; DROP".parent`);
    expect(rowCount).toBe(2);
  });

  it("changes its fingerprint with the layout of a table that is read, and with nothing else", async () => {
    await database.sql.query("CREATE SCHEMA layout; CREATE TABLE layout.t (id int PRIMARY KEY, u text)");
    const fingerprint = () => withSource(database, ["layout"], async ({ catalog }) => catalog.fingerprint);
    const first = await fingerprint();
    await database.sql.query(
      "INSERT INTO layout.t VALUES (1, 'waad|1'); CREATE TABLE layout.numbers (n int)",
    );
    await database.sql.query("GRANT SELECT ON layout.t TO PUBLIC; ANALYZE layout.t");
    expect(await fingerprint()).toBe(first);
    const changes = [
      "ADD COLUMN more int",
      "ALTER u TYPE varchar(90)",
      "ADD UNIQUE (u)",
      "DROP CONSTRAINT t_pkey",
    ];
    const seen = new Set([first]);
    for (const change of changes) {
      await database.sql.query(`ALTER TABLE layout.t ${change}`);
      seen.add(await fingerprint());
    }
    await database.sql.query("DROP TABLE layout.t; CREATE TABLE layout.t (id int PRIMARY KEY, u text)");
    seen.add(await fingerprint());
    expect(seen.size).toBe(changes.length + 2);
  });
});
