import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { copyEmptyPostgres } from "./prepared-postgres.fixture.ts";
import { type RunningUserDirectory, startUserDirectory } from "./user-directory.ts";

const LOOPBACK = { host: "127.0.0.1", port: 0, token: "service-token" };
/** Higher than any kernel assigns. */
const DEAD_PID = 2 ** 31 - 1;
const RESTARTS = { timeout: 20_000 };
const ENSURE = "/api/v1/users/ensure";

function send(path: string, request: RequestInit = {}): Promise<Response> {
  const headers = { authorization: "Bearer service-token", "content-type": "application/json" };
  return fetch(directory.url + path, { headers, ...request });
}

async function ensure(email: string): Promise<unknown> {
  const response = await send(ENSURE, { method: "POST", body: JSON.stringify({ email }) });
  return response.json();
}

let dataFolder: string;
let directory: RunningUserDirectory;

beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), "user-directory-"));
  await copyEmptyPostgres(dataFolder);
  directory = await startUserDirectory({ ...LOOPBACK, dataFolder });
}, 60_000);
afterAll(async () => {
  await directory?.close();
  await rm(dataFolder, { recursive: true });
});

it.each([
  ["an array", "[1]", /^body: .*expected object/],
  ["a missing address", '{"name":"Jane"}', /^email: .*expected string/],
  ["two wrong fields", '{"email":1,"name":2}', /^email: .*; name: /],
  ["an empty address", '{"email":""}', /^email: /],
  ["an address that is too long", JSON.stringify({ email: "a".repeat(321) }), /^email: /],
  ["NUL, which Postgres cannot store", '{"email":"a\\u0000b"}', /^email: must be Unicode text/],
  ["a lone surrogate", '{"email":"\\ud800"}', /^email: must be Unicode text/],
  ["malformed JSON", "{", /JSON/],
])("names what is wrong with a body of %s", async (_, body, message) => {
  const response = await send(ENSURE, { method: "POST", body });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ message: expect.stringMatching(message) });
});

it.each([
  ["NUL in the address", "/admin/user/a%00b", 400],
  ["a malformed escape", "/admin/user/%ZZ", 400],
  ["an unknown address, fully escaped", `/admin/user/${"%41".repeat(320)}`, 404],
  ["another path", "/api/v1/users", 404],
])("answers a request for %s", async (_, path, status) => {
  expect((await send(path)).status).toBe(status);
});

it.each(["", "Bearer", "Bearer ", "Bearer service-toke", "Bearer service-token2", "Basic service-token"])(
  "refuses the credential %o and names the required scheme",
  async (authorization) => {
    const response = await send("/admin/user/jane@a.example", { headers: { authorization } });
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
  },
);

it("answers the health check without a credential", async () => {
  expect((await send("/livez", { headers: {} })).status).toBe(200);
});

it("ignores case only for ASCII letters", async () => {
  expect(await ensure("kelvin@a.example")).toMatchObject({ created: true });
  expect(await ensure("KELVIN@A.EXAMPLE")).toMatchObject({ created: false });
  expect(await ensure("\u212aelvin@a.example")).toMatchObject({ created: true });
});

it("refuses a folder that another user directory uses", async () => {
  await expect(startUserDirectory({ ...LOOPBACK, dataFolder })).rejects.toThrow(
    `data folder ${dataFolder} (user directory) is in use by process ${process.pid}`,
  );
});

it("keeps its users across a restart, a stale lock and a port in use", RESTARTS, async () => {
  const jane = await ensure("jane@a.example");
  await directory.close();
  expect(await readdir(dataFolder)).toEqual(["postgres"]);
  await writeFile(join(dataFolder, `${DEAD_PID}.00000000-0000-4000-8000-000000000000.lock`), "");

  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = z.object({ port: z.number() }).parse(other.address());
  await expect(startUserDirectory({ ...LOOPBACK, port, dataFolder })).rejects.toThrow(
    `port ${port} (user directory) is in use: stop what listens there, or choose another port`,
  );
  other.close();

  directory = await startUserDirectory({ ...LOOPBACK, dataFolder });
  expect(await ensure("Jane@a.example")).toEqual({ ...Object(jane), created: false });
});

it.each([
  ["nobody", "postgres://jane:s3cret@127.0.0.1:1/users", "ECONNREFUSED"],
  ["an unknown host", "postgres://jane:s3cret@nowhere.invalid/users", "E"],
])("names DATABASE_URL where %s answers, and not its password", async (_, databaseUrl, why) => {
  const failure = await startUserDirectory({ ...LOOPBACK, databaseUrl }).catch(
    (error: Error) => error.message,
  );
  expect(failure).toContain(`DATABASE_URL does not lead to a usable PostgreSQL (${why}`);
  expect(failure).not.toContain("s3cret");
});

it("releases a folder that it cannot open", RESTARTS, async () => {
  const folder = join(dataFolder, "broken");
  await mkdir(join(folder, "postgres"), { recursive: true });
  await writeFile(join(folder, "postgres/PG_VERSION"), "another version");
  await expect(startUserDirectory({ ...LOOPBACK, dataFolder: folder })).rejects.toThrow(
    /^data folder \S+broken \(user directory\) cannot be opened \(.*\): delete it to start over$/,
  );
  expect(await readdir(folder)).toEqual(["postgres"]);
});

it("closes even while a client keeps an unused connection open", async () => {
  const idle = connect(Number(new URL(directory.url).port), "127.0.0.1");
  await once(idle, "connect");
  const closed = once(idle.resume(), "close");
  await directory.close();
  await closed;
  await expect(send("/livez")).rejects.toThrow();
});
