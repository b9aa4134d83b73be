import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startMailbox } from "@platform-api/dev/mailbox";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { listen } from "../simulator/free-ports.ts";
import { SERVICE_TOKEN, startFaultyDirectory } from "../user-directory/faulty-directory.ts";

const APP = fileURLToPath(new URL("../../../apps/platform-api/", import.meta.url));
const NOWHERE = "http://127.0.0.1:9";
const ENVIRONMENT = {
  PORT: "0",
  AUTH0_ISSUER: `${NOWHERE}/`,
  AUTH0_AUDIENCE: "https://api.platform.example",
  AUTH0_CLAIM_NAMESPACE: "https://platform.example/",
  CLJ_PG_WRAPPER_URL: NOWHERE,
  CLJ_PG_WRAPPER_TOKEN: "canary-service-token",
  DYNAMODB_TABLE: "platform-api",
  DYNAMODB_ENDPOINT: NOWHERE,
  AWS_REGION: "eu-central-1",
  MAX_EVENT_LOOP_DELAY_MS: "0", // a busy machine delays it, and these are not tests of that bound
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "built-"));
  execFileSync(join(APP, "node_modules/.bin/tsdown"), ["--out-dir", folder], { cwd: APP, stdio: "pipe" });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Starts the built file in its own folder with only this environment. It ends with the test at the latest. */
function start(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ["platform-api.js", ...args], { cwd: folder, env });
  onTestFinished(() => end(child));
  const output = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output.out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    output.err += text;
  });
  return { child, output };
}

async function run(args: string[], env: Record<string, string> = {}) {
  const { child, output } = start(args, env);
  const [status] = await once(child, "close");
  return { status, ...output };
}

/** The server's address, from its log. */
async function listening({ child, output }: ReturnType<typeof start>): Promise<string> {
  while (child.exitCode === null) {
    const url = /"url":"([^"]+)"/.exec(output.out)?.[1];
    if (url !== undefined) return url;
    await sleep(20);
  }
  throw new Error(`ended: ${output.out}`);
}

/** The complete lines of a log. The last one may still be partial. */
function linesOf(out: string): Record<string, unknown>[] {
  return out
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "close");
}

it("the built file needs no other file", async () => {
  expect(readdirSync(folder)).toEqual(["platform-api.js"]);
  expect(await run(["--help"])).toMatchObject({ status: 0, err: "", out: expect.stringContaining("serve") });
  expect(await run(["org", "list"])).toMatchObject({
    status: 1,
    err: expect.stringContaining("DYNAMODB_TABLE is missing"),
  });
  expect(await run(["nonsense"])).toMatchObject({ status: 2 });
});

it("the built file serves with every upstream down, logs only JSON on stdout, and exits with 0 on SIGTERM", async () => {
  const server = start(["serve"], ENVIRONMENT);
  const url = await listening(server);
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  expect((await fetch(`${url}/readyz`)).status).toBe(503);
  server.child.kill("SIGTERM");
  server.child.kill("SIGTERM");
  server.child.kill("SIGINT");
  expect(await once(server.child, "close")).toEqual([0, null]);
  expect(linesOf(server.output.out).map(({ msg }) => msg)).toEqual(
    expect.arrayContaining(["listening", "draining", "stopped"]),
  );
  expect(server.output.err).toBe("");
  expect(server.output.out).not.toContain("canary");
});

/** The server throws an error that nothing catches when it receives SIGUSR2. */
const CRASH = 'process.on("SIGUSR2",()=>{throw(new(Error)("crash"))})';

it.each([
  ["SIGTERM", [0, null]],
  ["SIGUSR2", [1, null]],
] as const)("the access lines of the last moment are in the log after %s", async (signal, ended) => {
  const preload = `--import=data:text/javascript,${encodeURIComponent(CRASH)}`;
  const server = start(["serve"], { ...ENVIRONMENT, SHUTDOWN_DRAIN_MS: "0", NODE_OPTIONS: preload });
  const url = await listening(server);
  for (const path of ["/livez", "/nowhere", "/livez"]) await (await fetch(`${url}${path}`)).text();
  server.child.kill(signal);
  expect(await once(server.child, "close")).toEqual(ended);
  const lines = linesOf(server.output.out).filter(({ msg }) => msg === "answered");
  // The client may have the last answer before the server has logged it.
  const line = { level: "info", service: "platform-api", request_id: expect.any(String), method: "GET" };
  expect(lines.slice(0, 2)).toMatchObject([
    { ...line, route: "/livez", status: 200 },
    { ...line, route: null, status: 404 },
  ]);
});

it("T78: warns about what cannot be administered, an insecure directory, and an unknown variable that looks like ours", async () => {
  const misspelled = { AUTH0_AUDIENCE: "", AUTH0_AUDIENCES: "canary", CLJ_PG_WRAPPER_INSECURE: "1" };
  const problem = "AUTH0_AUDIENCES is unknown: did you mean AUTH0_AUDIENCE?";
  const refused = await run(["serve"], { ...ENVIRONMENT, ...misspelled });
  expect(refused.status).toBe(1);
  expect(linesOf(refused.out)).toMatchObject([
    { level: "fatal", problems: ["AUTH0_AUDIENCE is missing", problem] },
  ]);
  const { AUTH0_AUDIENCE } = ENVIRONMENT;
  const server = start(["serve"], { ...ENVIRONMENT, ...misspelled, AUTH0_AUDIENCE });
  await listening(server);
  expect(
    linesOf(server.output.out)
      .filter(({ level }) => level === "warn")
      .slice(0, 3),
  ).toMatchObject([
    { msg: expect.stringMatching(/^ADMIN_CLIENT_IDS is not set: /) },
    { msg: expect.stringMatching(/^CLJ_PG_WRAPPER_INSECURE: /) },
    { event: "unknown_variables", problems: [problem] },
  ]);
  expect(refused.out + server.output.out).not.toContain("canary");
});

it("serves the OpenAPI document, its viewer and the metrics of Node from the built file", async () => {
  const server = start(["serve"], ENVIRONMENT);
  const url = await listening(server);
  expect(await (await fetch(`${url}/openapi.json`)).json()).toMatchObject({ openapi: "3.1.1" });
  const { resolve } = createRequire(join(APP, "package.json"));
  for (const file of ["swagger-ui-bundle.js", "swagger-ui.css"]) {
    const served = await (await fetch(`${url}/docs/${file}`)).text();
    expect(served === readFileSync(resolve(`swagger-ui-dist/${file}`), "utf8"), file).toBe(true);
  }
  const page = await (await fetch(`${url}/metrics`)).text();
  for (const name of ["platform_api_build_info", "process_cpu_seconds_total", "nodejs_gc_duration_seconds"]) {
    expect(page).toContain(`# TYPE ${name} `);
  }
  expect(server.output.err).toBe("");
});

it("names the line of wire.ts from the built file, which runs without that file", async () => {
  const directory = await startFaultyDirectory({ answer: ({ body }) => ({ status: 410, body }) });
  const env = { CLJ_PG_WRAPPER_URL: directory.url, CLJ_PG_WRAPPER_TOKEN: SERVICE_TOKEN };
  const { status, out } = await run(["directory", "check"], env);
  expect({ status, out }).toEqual({
    status: 1,
    out: expect.stringMatching(/packages\/clj-client\/src\/wire\.ts:\d+ \(`ABSENT_STATUS`\)/),
  });
  directory.close();
});

it("sends mails from one built file, with nothing installed beside it", async () => {
  const alone = mkdtempSync(join(tmpdir(), "built-mail-"));
  onTestFinished(() => rmSync(alone, { recursive: true }));
  const mailbox = await startMailbox({ host: "127.0.0.1", port: 0, smtpPort: 0 });
  onTestFinished(mailbox.close);
  const entry = join(alone, "entry.ts");
  const from = (file: string) => JSON.stringify(join(APP, "src", file));
  writeFileSync(
    entry,
    `import { composeMailer } from ${from("compose/mail.ts")};
import { processEnvironment, readServerConfig } from ${from("config/config.ts")};
import { createLogger } from ${from("log/logger.ts")};
const mail = { to: "jane@acme.example", organizationName: "Acme", role: "member", isOperators: true };
await composeMailer(readServerConfig(processEnvironment()), { logger: createLogger("silent") })
  .sendInvitation({ ...mail, expiresAt: "2026-12-03T15:57:40.123Z" }, AbortSignal.timeout(10_000));
`,
  );
  const args = [entry, "--out-dir", join(alone, "dist")];
  execFileSync(join(APP, "node_modules/.bin/tsdown"), args, { cwd: APP, stdio: "pipe" });
  expect(readdirSync(join(alone, "dist"))).toEqual(["entry.js"]);
  const env = {
    ...ENVIRONMENT,
    SMTP_URL: `smtp://127.0.0.1:${mailbox.smtpPort}`,
    MAIL_FROM: "Platform <no-reply@platform.example>",
    FRONTEND_URL: "https://app.example",
  };
  const child = spawn(process.execPath, [join(alone, "dist/entry.js")], { cwd: alone, env });
  expect(await once(child, "close")).toEqual([0, null]);
  const subject = "You are invited to Acme";
  expect(mailbox.mails).toMatchObject([{ to: "jane@acme.example", subject }]);
});

describe("the built file does not start and says why", () => {
  it("T27: test mode where NODE_ENV is unset", async () => {
    const testMode = { AUTH0_TEST_MODE: "1", AUTH0_TEST_SECRET: "mWk3vQ8zR1tY6uB9xC4nE7pL2sD5fG0h" };
    const { status, out, err } = await run(["serve"], { ...ENVIRONMENT, ...testMode });
    expect({ status, err }).toEqual({ status: 1, err: "" });
    expect(JSON.parse(out)).toMatchObject({ level: "fatal" });
    expect(out).toMatch(/AUTH0_TEST_MODE is refused: NODE_ENV is not development or test/);
    expect(out).not.toContain("canary");
  });

  it.each(["PORT", "METRICS_PORT"])("%s in use", async (variable) => {
    const holder = createServer();
    const port = String(await listen(holder));
    const { status, out } = await run(["serve"], { ...ENVIRONMENT, [variable]: port });
    expect(status).toBe(1);
    expect(out).toContain(
      `"${variable} ${port} is in use by another process; set ${variable} to a free one"`,
    );
    holder.close();
  });
});
