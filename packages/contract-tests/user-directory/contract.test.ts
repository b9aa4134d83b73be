import { createCljClient } from "@platform-api/clj-client";
import { inMemoryDirectory } from "@platform-api/clj-client/testing";
import { startUserDirectory } from "@platform-api/dev/user-directory";
import { setupServer } from "msw/node";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { isCi } from "../postgres/config.ts";
import { findPostgres, HOW_TO_GET_POSTGRES, type Postgres } from "../postgres/postgres.ts";
import { describeUserDirectory } from "./contract.ts";

const LOOPBACK = { host: "127.0.0.1", port: 0, token: "service-token" };

async function startStandIn(databaseUrl?: string) {
  const options = databaseUrl === undefined ? LOOPBACK : { ...LOOPBACK, databaseUrl };
  return { ...(await startUserDirectory(options)), token: LOOPBACK.token };
}

describeUserDirectory("MSW handlers", async () => {
  const directory = { url: "http://user-directory.test", token: LOOPBACK.token };
  const server = setupServer(...inMemoryDirectory(directory).handlers);
  server.listen({ onUnhandledFrame: "error" });
  return { ...directory, close: () => server.close() };
});

describeUserDirectory("stand-in on the embedded Postgres", () => startStandIn());

const startPostgres = findPostgres();
if (startPostgres === null) {
  it(`user directory: stand-in on PostgreSQL: none here (${HOW_TO_GET_POSTGRES})`, ({ skip }) => {
    skip(!isCi);
    expect.fail(`CI must run this suite: ${HOW_TO_GET_POSTGRES}`);
  });
} else {
  describe("PostgreSQL", () => {
    let postgres: Postgres;
    let sql: Client;

    beforeAll(async () => {
      postgres = await startPostgres();
      sql = new Client({ connectionString: postgres.url });
      await sql.connect();
    }, 60_000);
    afterAll(async () => {
      await sql?.end();
      await postgres?.stop();
    });

    async function rowsOf(email: string): Promise<unknown[]> {
      const { rows } = await sql.query("SELECT name, email_verified FROM users WHERE email ILIKE $1", [
        email,
      ]);
      return rows;
    }

    it("migrates one database when eight directories start at once", async () => {
      const started = await Promise.all(Array.from({ length: 8 }, () => startStandIn(postgres.url)));
      await Promise.all(started.map((directory) => directory.close()));
      const { rows } = await sql.query("SELECT indexname FROM pg_indexes WHERE tablename = 'users'");
      expect(rows).toHaveLength(2);
    });

    describeUserDirectory("stand-in on PostgreSQL", () => startStandIn(postgres.url));

    it("stores one row for 50 concurrent calls to two directories, in any letter case", async () => {
      const directories = [await startStandIn(postgres.url), await startStandIn(postgres.url)];
      const clients = directories.map((directory) => createCljClient(directory));
      const letters = "jane@sql.example";
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, i) => {
          const email = [...letters].map((c, at) => ((i >> (at % 6)) & 1 ? c.toUpperCase() : c)).join("");
          return clients[i % 2]?.ensure({ email, name: `Jane ${i}` });
        }),
      );
      expect(answers.filter((answer) => answer?.created)).toHaveLength(1);
      expect(new Set(answers.map((answer) => answer?.id)).size).toBe(1);
      expect(await rowsOf(letters)).toEqual([{ name: expect.any(String), email_verified: false }]);
      await Promise.all(directories.map((directory) => directory.close()));
    });

    it("recovers after losing its idle connections", async () => {
      const directory = await startStandIn(postgres.url);
      const others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
      expect((await sql.query(`SELECT pg_terminate_backend(pid) ${others}`)).rowCount).toBeGreaterThan(0);
      const client = createCljClient(directory);
      // One call may still use a closed connection.
      await vi.waitFor(() => client.ensure({ email: "lost@sql.example" }), { timeout: 20_000 });
      await directory.close();
    });

    it("keeps a user's name and stores one for a user without a name", async () => {
      const directory = await startStandIn(postgres.url);
      const client = createCljClient(directory);
      const email = "name@sql.example";
      for (const name of [undefined, "Jane", "Joan", undefined]) await client.ensure({ email, name });
      expect(await rowsOf(email)).toEqual([{ name: "Jane", email_verified: false }]);
      await directory.close();
    });
  });
}
