import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LeakSource, openPostgres, type Resolution, scan, subjectRule } from "@platform-api/leak";
import { describe, expect, it } from "vitest";
import { isCi } from "../postgres/config.ts";
import { findPostgres, HOW_TO_GET_POSTGRES } from "../postgres/postgres.ts";
import { duringTests } from "../simulator/of-tests.ts";
import { runCommand } from "../simulator/stack.ts";
import { startDatabase } from "./database.ts";

const RULE = subjectRule(["waad", "auth0"]);
const NEVER = new AbortController().signal;
const USER = "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab";
const TERMINATE =
  "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'platform-api leak'";
const OTHER = "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ac";

if (findPostgres() === null) {
  it(`a scan of PostgreSQL: none here (${HOW_TO_GET_POSTGRES})`, ({ skip }) => {
    skip(!isCi);
    expect.fail(`CI must run this suite: ${HOW_TO_GET_POSTGRES}`);
  });
} else {
  describe("a scan of PostgreSQL", () => {
    const database = duringTests(startDatabase);
    const folder = duringTests(async () => ({
      path: await mkdtemp(join(tmpdir(), "leak-scan-")),
      close: () => {},
    }));

    async function withSource<T>(
      schemas: readonly string[] | null,
      run: (source: LeakSource) => Promise<T>,
      rowsAtOnce = 7,
    ): Promise<T> {
      const source = await openPostgres({ url: database.url, schemas, rule: RULE, rowsAtOnce });
      try {
        return await run(source);
      } finally {
        await source.close();
      }
    }

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
          (3, 'waad|' || repeat('x', 300), 'x', '{}', 'null', '{}');`);
      await withSource(["types"], async (source) => {
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
        ]);
        const [table] = source.catalog.tables;
        expect(table?.columns.find(({ name }) => name === "follows")?.isGenerated).toBe(true);
        expect(source.catalog.notes).toEqual([
          expect.stringContaining('"types"."every"."pair" (types.pair)'),
        ]);
        const resembling = new Map<string, number>();
        for await (const batch of source.walk(table ?? expect.fail(), null, NEVER)) {
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
      await withSource(["keys"], async (source) => {
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
        CREATE TEMPORARY TABLE passing (u text); RESET search_path;`);
      await withSource(['Sch"ema; DROP'], async (source) => {
        const name = (table: string) => `"Sch""ema; DROP".${table}`;
        const { tables, notes } = source.catalog;
        expect(tables.map((table) => [table.name, table.key])).toEqual([
          [name(`"'; DROP TABLE parent; --"`), ["a\"b$1'"]],
          [name('"child"'), null],
          [name('"parent"'), ["id"]],
          [name('"parted"'), ["id", "day"]],
          [name('"unkeyed_1"'), ["u"]],
          [name('"unkeyed_2"'), null],
        ]);
        expect(notes.join("\n")).toMatch(
          /views .*"shown"\n.*refresh them after.*"kept"\n.*own server.*"faraway"$/,
        );
        const places = await placesOf(source);
        const subjects = places.map((place) => (Array.isArray(place) ? String(place[4]) : ""));
        const parted = Array.from({ length: 15 }, (_, at) => `waad|p${at + 1}`);
        const others = ["child", "extra", "hostile", "parent", "u1", "u2"].map((one) => `waad|${one}`);
        expect(subjects.toSorted()).toEqual([...others, ...parted].toSorted());
      });
      const { rowCount } = await database.sql.query(`SELECT FROM "Sch""ema; DROP".parent`);
      expect(rowCount).toBe(2);
    });

    it("changes its fingerprint with the layout of a table that is read, and with nothing else", async () => {
      await database.sql.query("CREATE SCHEMA layout; CREATE TABLE layout.t (id int PRIMARY KEY, u text)");
      const fingerprint = () => withSource(["layout"], async ({ catalog }) => catalog.fingerprint);
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

    const RESOLVED: Readonly<Record<string, Resolution>> = {
      "waad|0": { userId: USER, by: "link" },
      "waad|1": { userId: OTHER, by: "directory" },
    };
    const NOBODY: Resolution = { userId: null, why: "it has no link" };

    async function makePeople(): Promise<void> {
      await database.sql.query(`
        CREATE SCHEMA people; CREATE TABLE people.runs (id int PRIMARY KEY, u text, tags text[], doc jsonb);
        INSERT INTO people.runs SELECT i, 'waad|' || i % 5, ARRAY['waad|' || i % 3], jsonb_build_object('u', 'waad|' || i)
          FROM generate_series(1, 60) i;
        INSERT INTO people.runs VALUES (61, '${USER}', ARRAY['${OTHER}'], '{"u": ["${OTHER}"]}');
        CREATE TABLE people.loose AS SELECT id, u FROM people.runs;
        CREATE TABLE people.quiet (id int PRIMARY KEY, u text); INSERT INTO people.quiet VALUES (1, 'x');`);
    }

    /** @param stopAfter how many batches it is stopped */
    function scanPeople(source: LeakSource, stateFile: string, stopAfter = Number.POSITIVE_INFINITY) {
      const stop = new AbortController();
      let batches = 0;
      return scan({
        source,
        rule: RULE,
        stateFile,
        resolve: async (subjects) => new Map(subjects.map((one) => [one, RESOLVED[one] ?? NOBODY])),
        onProgress: () => {
          batches += 1;
          if (batches > stopAfter) stop.abort();
        },
        onResumed: () => {},
        signal: stop.signal,
      });
    }

    it("counts by column whose the subjects are, and goes on after any stop as if there was none", async () => {
      await makePeople();
      const stateFile = join(folder.path, "people.json");
      await withSource(
        ["people"],
        async (source) => {
          const whole = await scanPeople(source, stateFile);
          const counts = { byLink: 1, byDirectory: 1, resembling: 0 };
          expect(whole).toMatchObject({
            tables: 3,
            rows: 123,
            subjects: 61,
            unknown: [{ why: NOBODY.userId === null && NOBODY.why, subjects: 59 }],
          });
          expect(whole?.columns).toEqual([
            {
              ...counts,
              table: '"people"."loose"',
              column: "u",
              type: "text",
              rows: 60,
              subjects: 5,
              unknown: 3,
              alsoByUserId: 1,
              isByHand: true,
            },
            {
              ...counts,
              table: '"people"."runs"',
              column: "doc",
              type: "jsonb",
              rows: 60,
              subjects: 60,
              byLink: 0,
              unknown: 59,
              alsoByUserId: 1,
              isByHand: false,
            },
            {
              ...counts,
              table: '"people"."runs"',
              column: "tags",
              type: "text[]",
              rows: 60,
              subjects: 3,
              unknown: 1,
              alsoByUserId: 1,
              isByHand: false,
            },
            {
              ...counts,
              table: '"people"."runs"',
              column: "u",
              type: "text",
              rows: 60,
              subjects: 5,
              unknown: 3,
              alsoByUserId: 1,
              isByHand: false,
            },
          ]);
          expect(await readdir(folder.path)).toEqual([]);
          for (const stopAfter of [0, 1, 2, 4, 6, 9]) {
            let [report, stops] = [await scanPeople(source, stateFile, stopAfter), 0];
            for (; report === null; stops += 1)
              report = await scanPeople(source, stateFile, stopAfter + stops);
            expect(stops).toBeGreaterThan(0);
            expect(report).toEqual(whole);
          }
        },
        25,
      );
    });

    it("goes on after its connection is lost", async () => {
      const stateFile = join(folder.path, "lost.json");
      const whole = await withSource(["people"], (source) => scanPeople(source, stateFile));
      const lost = withSource(["people"], async (source) => {
        let batches = 0;
        return await scan({
          source: {
            ...source,
            async *walk(table, position, signal) {
              for await (const batch of source.walk(table, position, signal)) {
                yield batch;
                batches += 1;
                if (batches === 12) await database.sql.query(TERMINATE);
              }
            },
          },
          rule: RULE,
          stateFile,
          resolve: async () => expect.fail("it does not come so far"),
          onProgress: () => {},
          onResumed: () => {},
          signal: NEVER,
        });
      });
      await expect(lost).rejects.toThrow(/connection was lost while reading .*run the same command again/);
      expect(JSON.parse(await readFile(stateFile, "utf8"))).toMatchObject({
        done: ['"people"."loose"', '"people"."quiet"'],
      });
      expect(await withSource(["people"], (source) => scanPeople(source, stateFile))).toEqual(whole);
    });

    it("refuses the state of another scan", async () => {
      const file = join(folder.path, "other.json");
      const scanned = (state: string) =>
        writeFile(file, state).then(() => withSource(["people"], (source) => scanPeople(source, file)));
      await withSource(["people"], (source) => scanPeople(source, file, 3));
      const state = JSON.parse(await readFile(file, "utf8"));
      const rows: [object | string, RegExp][] = [
        [{ ...state, fingerprint: "0" }, /another store.*--state/],
        [{ ...state, pattern: "okta" }, /other strategies.*--state/],
        [{ ...state, version: 2 }, /another version.*--state/],
        ["{", /not the state of a scan/],
      ];
      for (const [other, problem] of rows) {
        await expect(scanned(typeof other === "string" ? other : JSON.stringify(other))).rejects.toThrow(
          problem,
        );
      }
      await expect(scanned(JSON.stringify(state))).resolves.not.toBeNull();
      await expect(
        withSource(["people"], (source) => scanPeople(source, join(folder.path, "no", "x"))),
      ).rejects.toThrow(/ENOENT.*--state/);
    });

    it("says on the command line what is wrong and how to mend it, without the password", async () => {
      const refusing = await startRefusing();
      const role = database.role();
      await database.sql.query(`
        CREATE SCHEMA shut; CREATE TABLE shut.t (u text); CREATE ROLE ${role} LOGIN PASSWORD 'hidden';
        CREATE SCHEMA ruled; CREATE TABLE ruled.t (u text); ALTER TABLE ruled.t ENABLE ROW LEVEL SECURITY;
        GRANT USAGE ON SCHEMA ruled TO ${role}; GRANT SELECT ON ALL TABLES IN SCHEMA ruled TO ${role};`);
      const at = (change: (url: URL) => void) => {
        const url = new URL(database.url);
        url.password = "hidden";
        change(url);
        return `--postgres ${url.href}`;
      };
      const reader = at((url) => Object.assign(url, { username: role }));
      const rows: [string, number, RegExp][] = [
        ["", 2, /^error: choose one store: --postgres <url>, --dynamodb <table> or --ndjson <file>\n$/],
        ["--ndjson a --dynamodb b", 2, /choose one store/],
        ["--dynamodb a --schema b", 2, /--schema needs --postgres/],
        [
          "--postgres mysql://root:hidden@localhost/app",
          1,
          /--postgres must be postgres:\/\/user:password@host/,
        ],
        [
          at((url) => Object.assign(url, { port: "1" })),
          1,
          /cannot be reached at 127\.0\.0\.1:1 .*correct the host or the port/,
        ],
        [at((url) => Object.assign(url, { pathname: "/nowhere" })), 1, /there is no database nowhere at/],
        [
          at((url) => Object.assign(url, { username: "nobody" })),
          1,
          /refuses nobody .*correct the user, the password/,
        ],
        [
          `--postgres postgres://jane:hidden@127.0.0.1:${refusing.port}/app`,
          1,
          /refuses jane .*the password/,
        ],
        [`${at(() => {})} --schema nowhere`, 1, /there is no schema "nowhere" in this database, but /],
        [
          `${reader} --schema shut`,
          1,
          /^error: ROLE may not read "shut"\."t".*\n {2}GRANT USAGE ON SCHEMA "shut" TO "ROLE";\n {2}GRANT SELECT ON ALL TABLES/,
        ],
        [
          `${reader} --schema ruled`,
          1,
          /policies hide rows of "ruled"\."t".*\n {2}ALTER ROLE "ROLE" BYPASSRLS;/,
        ],
        [
          "--role --schema a,b",
          0,
          /^CREATE ROLE "leak_scan" LOGIN PASSWORD '…';\nGRANT USAGE ON SCHEMA "a", "b" TO "leak_scan";\nGRANT SELECT .*;\n$/,
        ],
      ];
      for (const [options, status, output] of rows) {
        const result = await runCommand({}, [
          "leak",
          "scan",
          ...options.split(" ").filter((word) => word !== ""),
        ]);
        expect
          .soft([options, result.status, result.output.replaceAll(role, "ROLE")])
          .toEqual([options, status, expect.stringMatching(output)]);
        expect(result.output).not.toContain("hidden");
      }
      await refusing.close();
    });

    it("the role that it prints is enough, and cannot write", async () => {
      const sql = (await runCommand({}, ["leak", "scan", "--role", "--schema", "people"])).output;
      const role = database.role();
      await database.sql.query(sql.replaceAll("leak_scan", role));
      const url = new URL(database.url);
      Object.assign(url, { username: role, password: "…" });
      const args = [
        "leak",
        "scan",
        "--postgres",
        url.href,
        "--schema",
        "people",
        "--state",
        join(folder.path, "role.json"),
      ];
      const { status, output } = await runCommand({}, args);
      expect(status).toBe(1);
      expect(output).toMatch(/: 123 rows of 3 tables read, 61 subjects found\.\n/);
      expect(output).toMatch(/"people"\."runs" +u +60 +5 +0 +0 +5 +0\n/);
      expect(output).toMatch(/own variables are not set here:\n {2}DYNAMODB_TABLE is missing\n/);
      expect(output).toMatch(/Without a primary key.*"people"\."loose"\n/);
      const { output: json } = await runCommand({}, [...args, "--json"]);
      expect(JSON.parse(json.slice(0, json.indexOf("\n")))).toMatchObject({
        store: "postgres",
        subjects: 61,
      });
    });
  });
}

/** What answers like a PostgreSQL that refuses a password. */
async function startRefusing() {
  const server = createServer((socket) => {
    socket.once("data", () => {
      const fields = "SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed\0\0";
      const head = Buffer.alloc(5);
      head.write("E");
      head.writeInt32BE(fields.length + 4, 1);
      socket.end(Buffer.concat([head, Buffer.from(fields)]));
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { port, close: () => new Promise((closed) => server.close(closed)) };
}
