import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { startUserDirectory } from "../user-directory/index.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
const VARIABLES = ["PLATFORM_API_PORT", "IDENTITY_PROVIDER_PORT", "USER_DIRECTORY_PORT", "DYNAMODB_PORT"];
const PROCESSES = { timeout: 40_000 };
/** More than an orphan would take from its birth until it listens. */
const ORPHAN_MS = 1_500;
/** More than platform-api lingers when it drains. */
const DRAINED = { timeout: 8_000 };

let prepared: string;
let folder: string;
let ports: Record<string, string>;
let started: ChildProcess[];

beforeAll(async () => {
  // A new Postgres is the slow part of a first start.
  prepared = await mkdtemp(join(tmpdir(), "start-"));
  const dataFolder = join(prepared, "user-directory");
  await (await startUserDirectory({ host: "127.0.0.1", port: 0, token: "any", dataFolder })).close();
}, PROCESSES.timeout);
afterAll(() => rm(prepared, { recursive: true }));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "start-"));
  await cp(prepared, folder, { recursive: true });
  const free = await freePorts(VARIABLES.length);
  ports = Object.fromEntries(VARIABLES.map((name, index) => [name, String(free[index])]));
  started = [];
});
afterEach(async () => {
  for (const child of started) child.kill("SIGKILL");
  await expect.poll(isUp, DRAINED).toBe(false);
  await rm(folder, { recursive: true });
});

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  return servers.map((server) => {
    const address = server.address();
    server.close();
    return typeof address === "object" ? (address?.port ?? 0) : 0;
  });
}

/** `pnpm start`, and what it has printed so far. */
function start(env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [MAIN], {
    env: { ...process.env, DATABASE_URL: "", ORGANIZATIONS_FILE: "", DATA_FOLDER: folder, ...ports, ...env },
  });
  started.push(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  const ended = once(child, "close");
  const prints = (text: string) =>
    expect.poll(() => output, { timeout: 30_000, interval: 10 }).toContain(text);
  return { child, ended, prints, output: () => output };
}

/** Whether platform-api listens. */
function isUp(): Promise<boolean> {
  return fetch(`http://127.0.0.1:${ports.PLATFORM_API_PORT}/livez`).then(
    () => true,
    () => false,
  );
}

async function leavesNothing(): Promise<void> {
  await sleep(ORPHAN_MS);
  expect(await isUp()).toBe(false);
}

test.for<[string, NodeJS.Signals, string | number]>([
  ["before anything runs", "SIGINT", 300],
  ["while platform-api starts", "SIGINT", "s  platform-api\n"],
  ["in the middle", "SIGTERM", 800],
])("%s, %s ends all that has started", PROCESSES, async ([, signal, moment]) => {
  const { child, ended, prints, output } = start();
  if (typeof moment === "number") await sleep(moment);
  else await prints(moment);
  await sleep(100); // a child is born a moment after its step is told
  child.kill(signal);
  const [code, ended_by] = await ended;
  expect([0, signal]).toContain(code ?? ended_by); // the signal: nothing had begun yet
  expect(output()).not.toContain("cannot start");
  await leavesNothing();
});

test("a closed terminal ends everything", PROCESSES, async () => {
  const { child, ended, prints } = start();
  await prints("Ctrl-C ends everything");
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.kill("SIGHUP");
  expect(await ended).toEqual([0, null]);
  await leavesNothing();
});

test("killed, it takes platform-api along", PROCESSES, async () => {
  const { child, ended, prints } = start();
  await prints("Ctrl-C ends everything");
  child.kill("SIGKILL");
  await ended;
  await expect.poll(isUp, DRAINED).toBe(false);
});

test.for<[string, (file: string) => Record<string, string>, string]>([
  [
    "a data folder that is a file",
    (file) => ({ DATA_FOLDER: file }),
    "cannot be written to (EEXIST): set DATA_FOLDER to another folder",
  ],
  [
    "a DATABASE_URL of something else",
    () => ({ DATABASE_URL: "mysql://u:s3cret@h/d" }),
    "DATABASE_URL must be an address such as postgres://user:password@host/database",
  ],
  [
    "two ports that are one",
    () => ({ DYNAMODB_PORT: "4999", USER_DIRECTORY_PORT: "4999" }),
    "USER_DIRECTORY_PORT and DYNAMODB_PORT are both 4999: set one of them to another port",
  ],
  ["no organizations file", (file) => ({ ORGANIZATIONS_FILE: join(file, "none.json") }), "none.json"],
])("names the cure of %s", PROCESSES, async ([, env, cure]) => {
  const file = join(folder, "file");
  await writeFile(file, "");
  const { ended, output } = start(env(file));
  expect(await ended).toEqual([1, null]);
  expect(output()).toContain(cure);
  expect(output()).not.toContain("s3cret");
  expect(output()).not.toContain("    at ");
});

test("the people of an organization of one's own can sign in", PROCESSES, async () => {
  await mkdir(join(folder, "own"));
  const file = join(folder, "own", "organizations.json");
  const connections = [{ name: "own-okta", strategy: "okta", displayName: "Own (Okta)" }];
  const own = {
    id: "own",
    name: "Own",
    jit: true,
    defaultRole: "member",
    domains: ["own.example"],
    connections,
  };
  await writeFile(file, JSON.stringify({ organizations: [own] }));
  const { prints, output } = start({ ORGANIZATIONS_FILE: file });
  await prints("Ctrl-C ends everything");
  expect(output()).toMatch(/anyone@own\.example +signs in through Own \(Okta\)/);
  expect(output()).not.toContain("jane@acme.example");

  // What it prints is run as it stands.
  const lines = output()
    .split("\n")
    .filter((line) => /^ +(TOKEN=|curl )/.test(line));
  const script = lines
    .join("\n")
    .replaceAll("npx -y pnpm@12 --silent run token", "node apps/dev/token/main.ts");
  const shell = spawn("bash", ["-euc", script], {
    cwd: fileURLToPath(new URL("../../../", import.meta.url)),
  });
  let answers = "";
  shell.stdout.setEncoding("utf8").on("data", (text) => {
    answers += text;
  });
  await once(shell, "close");
  const [validation = "", mine = ""] = answers.split("\n");
  expect(JSON.parse(validation)).toMatchObject({ email: "anyone@own.example", organizationId: "own" });
  expect(JSON.parse(mine)).toMatchObject({ organizations: [{ id: "own", role: "member" }] });
});
