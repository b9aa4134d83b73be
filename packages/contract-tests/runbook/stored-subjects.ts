import { join } from "node:path";
import { Client } from "pg";
import { expect, vi } from "vitest";
import { findPostgres } from "../postgres/postgres.ts";
import { type Prepare, signIn } from "./settings.ts";

/** A service's database: what it knows of users, their runs and their preferences. */
const SCHEMA = `
  CREATE TABLE users (id text PRIMARY KEY, name text NOT NULL);
  CREATE TABLE runs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id text NOT NULL REFERENCES users,
    watchers text[] NOT NULL,
    input jsonb NOT NULL
  );
  CREATE TABLE preferences (user_id text PRIMARY KEY, theme text NOT NULL);
`;

const STORED =
  "SELECT users::text AS row FROM users UNION ALL SELECT runs::text FROM runs UNION ALL SELECT preferences::text FROM preferences ORDER BY row";

const labelOf = ({ pathname, host }: URL) => `${pathname.slice(1)} on ${host}`;

/** The page about a database in which a service has stored subjects, of two users and of somebody whom nobody knows. */
export const STORED_SUBJECTS: Prepare = async (world) => {
  const { url, stop } = (await findPostgres()?.()) ?? expect.fail("no PostgreSQL");
  const [lea, leo] = [await signIn(world, "lea", "waad|lea"), await signIn(world, "leo", "waad|leo")];
  const client = new Client({ connectionString: url });
  await client.connect();
  const role = `leak_scan_${process.pid}`;
  await client.query(SCHEMA);
  await client.query("INSERT INTO users VALUES ($1, 'Lea'), ('waad|leo', 'Leo'), ('waad|gone', 'Somebody')", [
    lea,
  ]);
  await client.query(
    `INSERT INTO runs (user_id, watchers, input) VALUES
      ($1, '{}', '{}'), ('waad|leo', '{waad|lea}', '{"by": "waad|leo"}'), ('waad|gone', '{}', '{}')`,
    [lea],
  );
  await client.query(
    "INSERT INTO preferences VALUES ($1, 'dark'), ('waad|lea', 'light'), ('waad|leo', 'light')",
    [lea],
  );
  const { output } = await world.stack.cli("leak", "scan", "--role", "--schema", "public");
  const password = decodeURIComponent(new URL(url).password) || "secret";
  await client.query(output.replaceAll("leak_scan", role).replace("…", password));
  const stored = async () => (await client.query(STORED, [])).rows;
  const before = await stored();
  const ofRole = Object.assign(new URL(url), { username: role, password: "" });
  const ofOwner = Object.assign(new URL(url), { password: "" });
  vi.stubEnv("PGPASSWORD", password);
  return {
    here: {
      "postgres://leak_scan@db.internal.example/runs": ofRole.href,
      "postgres://runs@db.internal.example/runs": ofOwner.href,
      "plan.ndjson": join(world.home, "plan.ndjson"),
      "runs on db.internal.example:5432 as leak_scan": `${labelOf(ofRole)} as ${role}`,
      "runs on db.internal.example:5432 as runs": `${labelOf(ofOwner)} as ${ofOwner.username}`,
    },
    after: async (command) => {
      if (command.startsWith("leak apply"))
        expect(
          (await client.query("SELECT watchers, input FROM runs WHERE user_id = $1", [leo])).rows,
        ).toEqual([{ watchers: [lea], input: { by: leo } }]);
      if (command.startsWith("leak undo")) expect(await stored()).toEqual(before);
    },
    fails: /^platform-api leak (scan|apply)/,
    close: async () => {
      vi.unstubAllEnvs();
      await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
      await client.end();
      await stop();
    },
  };
};
