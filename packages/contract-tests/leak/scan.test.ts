import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { startStoreOfTests } from "@platform-api/embedded-dynamodb/testing";
import { type LeakSource, type Resolution, scan } from "@platform-api/leak";
import { Client } from "pg";
import { expect, it } from "vitest";
import { duringTests } from "../simulator/of-tests.ts";
import { runCommand } from "../simulator/stack.ts";
import { describePostgres, NEVER, RULE, USER, withSource } from "./database.ts";
import { makeTable } from "./runs-table.ts";

const OTHER = "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ac";
const CREDENTIALS = { AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };
const TERMINATE = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = 'platform-api leak'`;

const folder = duringTests(async () => {
  const path = await mkdtemp(join(tmpdir(), "leak-scan-"));
  return { path, close: () => rm(path, { recursive: true }) };
});

describePostgres("a scan of PostgreSQL", (database) => {
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
      database,
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
          for (; report === null; stops += 1) report = await scanPeople(source, stateFile, stopAfter + stops);
          expect(stops).toBeGreaterThan(0);
          expect(report).toEqual(whole);
        }
      },
      25,
    );
  });

  it("goes on after its connection is lost", async () => {
    const stateFile = join(folder.path, "lost.json");
    const whole = await withSource(database, ["people"], (source) => scanPeople(source, stateFile));
    const lost = withSource(database, ["people"], async (source) => {
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
    expect(await withSource(database, ["people"], (source) => scanPeople(source, stateFile))).toEqual(whole);
  });

  it("refuses the state of another scan", async () => {
    const file = join(folder.path, "other.json");
    const scanned = (state: string) =>
      writeFile(file, state).then(() =>
        withSource(database, ["people"], (source) => scanPeople(source, file)),
      );
    await withSource(database, ["people"], (source) => scanPeople(source, file, 3));
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
      withSource(database, ["people"], (source) => scanPeople(source, join(folder.path, "no", "x"))),
    ).rejects.toThrow(/ENOENT.*--state/);
  });

  it("says on the command line what is wrong and how to fix it, without the password", async () => {
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
        2,
        /--postgres must be postgres:\/\/user@host.*PGPASSWORD/,
      ],
      ...["12#hidden", "12/hidden", "12?hidden"].map((password): [string, number, RegExp] => [
        `--postgres postgres://jane:${password}@127.0.0.1/app`,
        2,
        /^error: --postgres must be postgres:[^0-9]*$/,
      ]),
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
      [`--postgres postgres://jane:hidden@127.0.0.1:${refusing.port}/app`, 1, /refuses jane .*the password/],
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
      [`${at(() => {})} --role`, 0, /\nGRANT USAGE ON SCHEMA .*"ruled", "shut".* TO "leak_scan";\n/],
      ["--role", 0, /^-- of the schema public alone: .*\nCREATE ROLE/],
      [
        "--role --schema a,b",
        0,
        /^CREATE ROLE "leak_scan" LOGIN PASSWORD '…';\nGRANT USAGE ON SCHEMA "a", "b" TO "leak_scan";\nGRANT SELECT .*;\n$/,
      ],
    ];
    for (const [options, status, output] of rows) {
      const result = await leakScan(options);
      expect
        .soft([options, result.status, result.output.replaceAll(role, "ROLE")])
        .toEqual([options, status, expect.stringMatching(output)]);
      expect(result.output).not.toContain("hidden");
    }
    await refusing.close();
  });

  it("the role that it prints is enough, and can change nothing", async () => {
    const role = database.role();
    const { output: sql } = await leakScan("--role --schema people");
    await database.sql.query(sql.replaceAll("leak_scan", role));
    const url = new URL(database.url);
    Object.assign(url, { username: role, password: "…" });
    const options = `--postgres ${url.href} --schema people --state ${join(folder.path, "role.json")}`;
    const { status, output } = await leakScan(options);
    expect(status).toBe(1);
    expect(output).toMatch(/: 123 rows of 3 tables read, 61 subjects found\.\n/);
    expect(output).toMatch(/"people"\."runs" +u +60 +5 +not asked +not asked +not asked +not asked\n/);
    expect(output).toMatch(/own variables are not set here:\n {2}DYNAMODB_TABLE is missing\n/);
    expect(output).toMatch(/Without a primary key.*"people"\."loose"\n/);
    const { output: json } = await leakScan(`${options} --json`);
    const report = JSON.parse(json.slice(0, json.indexOf("\n")));
    expect(report).toMatchObject({ store: "postgres", subjects: 61 });
    const client = new Client({ connectionString: url.href });
    await client.connect();
    await expect(client.query("UPDATE people.runs SET u = 'x'")).rejects.toThrow(/permission denied/);
    await client.end();
  });
});

it("a table of DynamoDB and a file are scanned by the same command", async () => {
  const { endpoint: DYNAMODB_ENDPOINT, close } = await startStoreOfTests();
  const env = { DYNAMODB_ENDPOINT, AWS_REGION: "eu-central-1", ...CREDENTIALS };
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new DynamoDB({ region: env.AWS_REGION, endpoint: DYNAMODB_ENDPOINT, credentials });
  await makeTable(client, {
    TableName: "runs",
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  });
  await client.putItem({ TableName: "runs", Item: { id: { S: "1" }, user: { S: "waad|1" } } });
  client.destroy();
  const file = join(folder.path, "runs.ndjson");
  await writeFile(file, '{"user":"waad|1"}\n{"user":"of waad|1"}\n');
  for (const store of ["--dynamodb runs", `--ndjson ${file}`]) {
    const { status, output } = await leakScan(`${store} --state ${join(folder.path, "others.json")}`, env);
    expect
      .soft([store, status, output])
      .toEqual([store, 1, expect.stringMatching(/user +1 +1 +not asked +not asked +not asked +not asked\n/)]);
  }
  const own = await leakScan("--dynamodb runs", { ...env, DYNAMODB_TABLE: "runs" });
  expect([own.status, own.output]).toEqual([
    1,
    expect.stringMatching(/^error: runs is the table of platform-api/),
  ]);
  expect((await leakScan(`--ndjson ${file}-of-nobody`)).output).toMatch(
    /^error: .* cannot be read \(ENOENT\)/,
  );
  await close();
});

function leakScan(options: string, env = {}) {
  return runCommand(env, ["leak", "scan", ...options.split(" ").filter((word) => word !== "")]);
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
