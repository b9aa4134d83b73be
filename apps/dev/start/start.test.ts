import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { get, request } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { copyEmptyPostgres } from "../user-directory/prepared-postgres.fixture.ts";
import { DEFAULTS, readStartConfig } from "./config.ts";
import { readTenant } from "./organizations.ts";
import { startStack } from "./stack.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const PORTS = Object.keys(DEFAULTS).filter((name) => name.endsWith("_PORT"));
const TIMEOUT = 300_000;
/** Longer than an orphaned process takes to start listening. */
const ORPHAN_MS = 1_500;
/** Longer than a stack takes to start beside builds and browsers: it ends a test that hangs. */
const STARTED = { timeout: 200_000, interval: 10 };
/** Longer than platform-api drains, also on a busy machine. */
const DRAINED = { timeout: 50_000 };

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  return servers.map((server) => {
    const address = server.address();
    server.close();
    return typeof address === "object" ? (address?.port ?? 0) : 0;
  });
}

/** Runs `pnpm start`, or with "stand-ins" `pnpm run stand-ins`, with its own data folder and ports. */
async function start(env: Record<string, string> = {}, ...args: "stand-ins"[]) {
  return run([process.execPath, MAIN, ...args], env);
}

/** @param detached whether the processes are a group, so that the last of them ends with the test, too */
async function run(
  [program = "", ...args]: readonly string[],
  env: Record<string, string>,
  detached = false,
) {
  const folder = await mkdtemp(join(tmpdir(), "start-"));
  await copyEmptyPostgres(join(folder, "user-directory"));
  const free = await freePorts(PORTS.length);
  const ports = Object.fromEntries(PORTS.map((name, index) => [name, String(free[index])]));
  const child = spawn(program, args, {
    detached,
    env: { ...process.env, DATABASE_URL: "", ORGANIZATIONS_FILE: "", DATA_FOLDER: folder, ...ports, ...env },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  const ended = once(child, "close");
  /** Whether its platform-api listens. */
  const isUp = () =>
    fetch(`http://127.0.0.1:${ports.PLATFORM_API_PORT}/livez`).then(
      () => true,
      () => false,
    );
  return {
    child,
    ended,
    folder,
    /** What it has written down of itself. */
    about: () => readFile(join(folder, "about.txt"), "utf8"),
    output: () => output,
    prints: (text: string) => vi.waitFor(() => expect(output).toContain(text), STARTED),
    isDown: async () => vi.waitUntil(async () => !(await isUp()), DRAINED),
    leavesNothing: async () => {
      await sleep(ORPHAN_MS);
      expect(await isUp()).toBe(false);
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      if (detached) spawn("sh", ["-c", `kill -KILL -${child.pid}`], { stdio: "ignore" });
      await ended;
      await vi.waitUntil(async () => !(await isUp()), DRAINED);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

describe.concurrent("start", { timeout: TIMEOUT }, () => {
  test.for([
    ["during the first steps", "SIGTERM", "s  waiting for the table and the organizations\n"],
    ["while platform-api starts", "SIGINT", "s  waiting for platform-api"],
  ] as const)("stops everything it has started: %s, on %s", async ([, signal, step]) => {
    await using started = await start();
    await started.prints(step);
    await sleep(100); // a child process starts just after its step is printed
    started.child.kill(signal);
    expect(await started.ended).toEqual([0, null]);
    expect(started.output()).not.toContain("cannot start");
    await started.leavesNothing();
  });

  test.for([
    ["npx", "sh -c 'sh -c \"$RUN; :\"; :'; :", "/home/jane/.npm/_npx/1/node_modules/pnpm/pnpm"],
    ["pnpm's shell", "$RUN; :", "/usr/bin/pnpm"],
  ] as const)("stops everything when SIGTERM ends %s alone", async ([, script, npm_execpath]) => {
    const env = { RUN: `${process.execPath} ${MAIN}`, npm_lifecycle_event: "start", npm_execpath };
    await using started = await run(["sh", "-c", script], env, true);
    await started.prints("s  waiting for platform-api");
    started.child.kill("SIGTERM");
    await started.prints("Stopped");
    await started.leavesNothing();
  });

  test("stops platform-api when it is killed", async () => {
    await using started = await start();
    await started.prints("s  waiting for agentic-backend\n"); // platform-api is up
    started.child.kill("SIGKILL");
    await started.ended;
    await started.isDown();
  });

  test("says within 5 s that its data folder is gone, ends, and does not bring it back", async () => {
    await using started = await start({}, "stand-ins");
    await started.prints("s  ready\n");
    await rm(started.folder, { recursive: true });
    await vi.waitUntil(() => started.output().includes("is gone"), { timeout: 5_000 });
    expect(await started.ended).toEqual([1, null]);
    expect(existsSync(started.folder)).toBe(false);
  });

  test("starts the stand-ins alone, beside a platform-api that runs already", async ({ onTestFinished }) => {
    const platformApi = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void platformApi.close());
    await once(platformApi, "listening");
    const address = platformApi.address();
    const port = typeof address === "object" ? address?.port : 0;
    await using started = await start({ PLATFORM_API_PORT: `${port}` }, "stand-ins");
    await started.prints("Sign in as jane@acme.example.");
    expect(await started.about()).toContain("mallory@hooli.example");
    for (const [name, path] of [
      ["identity provider", "/.well-known/jwks.json"],
      ["mailbox", "/mails.json"],
    ]) {
      const [, url = ""] = new RegExp(`${name} +(http\\S+)`).exec(started.output()) ?? [];
      expect((await fetch(`${url}${path}`)).status).toBe(200);
    }
    expect(started.output()).toMatch(/user directory +http[\s\S]*service token is development-service-token/);
    expect(started.output()).not.toMatch(/^ +(frontend|platform-api|agentic-backend) +http/m);
    started.child.kill("SIGTERM");
    expect(await started.ended).toEqual([0, null]);
  });

  test("runs your own organizations and apps, whose users sign in over https, until the terminal is closed", async ({
    onTestFinished,
  }) => {
    const folder = await mkdtemp(join(tmpdir(), "start-own-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, "organizations.json");
    const connections = [{ name: "own-okta", strategy: "okta", displayName: "Own (Okta)" }];
    const domains = ["own.example"];
    const own = { id: "own", name: "Own", jit: true, defaultRole: "member", domains, connections };
    await writeFile(file, JSON.stringify({ organizations: [own] }));
    const origin = "http://localhost:5173";
    const env = { ORGANIZATIONS_FILE: file, APP_ORIGINS: origin, IDENTITY_PROVIDER_TLS: "1" };
    await using started = await start(env);
    await started.prints("\nOpen http://");
    expect(started.output().trimEnd().split("\n").length).toBeLessThanOrEqual(20);
    const about = await started.about();
    expect(about).toContain(`Your own app at ${origin}\n`);
    for (const service of ["platform-api", "agentic-backend"]) {
      const [, url = ""] = new RegExp(`${service} +(http\\S+)`).exec(about) ?? [];
      const { headers } = await fetch(url, { headers: { origin } });
      expect(headers.get("access-control-allow-origin")).toBe(origin);
    }
    const [, domain = ""] = /domain +(https:\/\/localhost\S+)/.exec(about) ?? [];
    const returnTo = new URLSearchParams({ client_id: "app-spa", returnTo: origin });
    const logout = get(`${domain}/v2/logout?${returnTo}`, { rejectUnauthorized: false });
    const [response]: IncomingMessage[] = await once(logout, "response");
    expect(response?.headers.location).toBe(`${origin}/`);
    response?.resume();
    expect(about).toMatch(/anyone@own\.example +signs in through Own \(Okta\)/);
    expect(about).not.toContain("jane@acme.example");

    const [validation = "", mine = "", token = ""] = (await runPrintedLines(started)).split("\n");
    expect(JSON.parse(validation)).toMatchObject({ email: "anyone@own.example", organizationId: "own" });
    expect(JSON.parse(mine)).toMatchObject({ organizations: [{ id: "own", role: "member" }] });

    const [, agents = ""] = /agentic-backend +(http\S+)/.exec(about) ?? [];
    const ping = async (authorization: string) => {
      const headers = { authorization, "content-type": "application/json" };
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" });
      return fetch(`${agents}/mcp`, { method: "POST", headers, body });
    };
    expect(await (await ping(`Bearer ${token}`)).json()).toEqual({ jsonrpc: "2.0", id: 1, result: {} });
    expect((await ping("Bearer no-token")).headers.get("www-authenticate")).toContain(
      `${agents}/.well-known/oauth-protected-resource/mcp`,
    );

    const [, platformApi = ""] = /platform-api +(http\S+)/.exec(about) ?? [];
    await block(domain, token);
    const refused = async () => {
      const headers = { authorization: `Bearer ${token}` };
      return (await fetch(`${platformApi}/validate`, { headers })).status === 403;
    };
    await vi.waitUntil(refused, { timeout: 20_000 });

    started.child.stdout.destroy();
    started.child.stderr.destroy();
    started.child.kill("SIGHUP");
    expect(await started.ended).toEqual([0, null]);
    await started.leavesNothing();
  });
});

/** On the identity provider's page of users. */
async function block(identityProvider: string, token: string): Promise<void> {
  const { sub } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const options = { method: "POST", headers, rejectUnauthorized: false };
  const sent = request(`${identityProvider}/users`, options);
  sent.end(new URLSearchParams({ action: "block", subject: sub }).toString());
  const [response]: IncomingMessage[] = await once(sent, "response");
  expect(response?.statusCode).toBe(303);
  response?.resume();
}

/** Runs the printed commands as they are, and asks for the organizations of the user. The last line is the token. */
async function runPrintedLines({ output }: { readonly output: () => string }): Promise<string> {
  const lines = output()
    .split("\n")
    .filter((line) => /^ +(TOKEN=|curl )/.test(line));
  const mine = lines.at(-1)?.replace("/validate", "/organizations/me");
  const script = [...lines, mine, 'echo "$TOKEN"'].join("\n");
  const { stdout } = await promisify(execFile)("bash", ["-euc", script], { cwd: ROOT });
  return stdout;
}

test("prints configuration errors without a stack trace or a value, and exits with 1", async () => {
  const env = { ...process.env, DATABASE_URL: "mysql://u:s3cret@h/d" };
  const run = promisify(execFile)(process.execPath, [MAIN], { env });
  await expect(run).rejects.toMatchObject({
    code: 1,
    stderr:
      "\ncannot start:\nDATABASE_URL must be an address such as postgres://user:password@host/database\n",
  });
});

const unwritable = (code: string) => `is not writable (${code}): set DATA_FOLDER to another folder`;
const MISSING = /^ORGANIZATIONS_FILE: .*none\.json/;

test.for<[string, (file: string) => Record<string, string>, string | RegExp]>([
  ["a data folder that is a file", (file) => ({ DATA_FOLDER: file }), unwritable("EEXIST")],
  ["a data folder that cannot exist", () => ({ DATA_FOLDER: "/proc/none/data" }), unwritable("ENOENT")],
  [
    "a data folder that takes no files",
    () => ({ DATA_FOLDER: "/proc" }),
    /^data folder \/proc.* cannot be opened/m,
  ],
  [
    "two equal ports",
    () => ({ DYNAMODB_PORT: "4999", USER_DIRECTORY_PORT: "4999" }),
    "USER_DIRECTORY_PORT and DYNAMODB_PORT are both 4999: set one of them to another port",
  ],
  [
    "a mailbox on the port of the frontend",
    () => ({ FRONTEND_PORT: "4999", MAILBOX_PORT: "4999" }),
    "FRONTEND_PORT and MAILBOX_PORT are both 4999: set one of them to another port",
  ],
  ["a missing organizations file", (file) => ({ ORGANIZATIONS_FILE: join(file, "none.json") }), MISSING],
])("says how to fix %s", async ([, env, fix]) => {
  const folder = await mkdtemp(join(tmpdir(), "start-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "file");
  await writeFile(file, "");
  const free = await freePorts(PORTS.length);
  const ports = Object.fromEntries(PORTS.map((name, index) => [name, String(free[index])]));
  const config = readStartConfig({ DATA_FOLDER: join(folder, "data"), ...ports, ...env(file) });
  const { signal } = new AbortController();
  await expect(startStack(config, { progress: () => {}, signal })).rejects.toThrow(fix);
});

test("the stand-ins say which variable names an organizations file that is missing", () => {
  expect(() => readTenant("none.json")).toThrow(MISSING);
});
