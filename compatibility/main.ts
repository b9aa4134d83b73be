/** Runs the clients of clients.ts against the stack and writes docs/compatibility.md, whose first paragraph says how. */
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { CLIENTS, type Client, FOLDER } from "./clients.ts";
import { type Environment, run } from "./run.ts";
import { type Stack, startStack } from "./stack.ts";
import { page, type Row, versionsOf } from "./table.ts";

const ROOT = join(FOLDER, "..");
const INSTALL_MS = 600_000;
const CHROMIUMS = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/google-chrome"];
const out = (text: string) => process.stdout.write(text);

const { values, positionals } = parseArgs({ options: { only: { type: "boolean" } }, allowPositionals: true });
const clients = values.only ? CLIENTS.filter(({ name }) => positionals.includes(name)) : CLIENTS;
if (clients.length === 0 || (!values.only && positionals.length > 0)) {
  process.stderr.write(
    `usage: compatibility [--only <client> …]\n${CLIENTS.map(({ name }) => `  ${name}\n`).join("")}`,
  );
  process.exit(2);
}

let stack: Promise<Stack> | null = null;
let isStopping = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, async () => {
    isStopping = true;
    const started = await stack?.catch(() => null);
    await started?.stop();
    process.exit(1);
  });
}
const environment = withoutNpm();
await install();
const rows = new Map<Client, Row>();
for (const needsTls of [false, true]) {
  const these = clients.filter((client) => (client.needsTls ?? false) === needsTls);
  if (these.length === 0) continue;
  out(`starting the stack${needsTls ? " with an identity provider on https" : ""}\n`);
  stack = startStack(environment, needsTls);
  const { clientEnvironment, stop } = await unlessStopping(stack);
  for (const client of these)
    rows.set(client, await unlessStopping(clientEnvironment().then((env) => tryClient(client, env))));
  await stop();
  stack = null;
}
const results = clients.flatMap((client) => rows.get(client) ?? []);
if (!values.only) writeFileSync(join(ROOT, "docs/compatibility.md"), page(results));
const failed = results.filter(({ works }) => !works).map(({ client }) => client.name);
out(
  failed.length === 0
    ? `all ${results.length} work\n`
    : `${failed.length} do not work: ${failed.join(", ")}\n`,
);
process.exit(failed.length === 0 ? 0 : 1);

/** Waits forever after a signal, so that nothing fails or is written while its handler stops the stack. */
async function unlessStopping<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } finally {
    if (isStopping) await new Promise(() => {});
  }
}

async function tryClient(client: Client, env: Environment): Promise<Row> {
  const began = performance.now();
  const { works, output } = await run(client.command, { cwd: FOLDER, env });
  const seconds = ((performance.now() - began) / 1_000).toFixed(1).padStart(6);
  const versions = await readVersions(client);
  out(
    `${works ? "works" : "FAILS"} ${seconds} s  ${client.name} (${versions})\n${works ? "" : `${output}\n`}`,
  );
  return { client, versions, works };
}

async function readVersions({ packages, version }: Client): Promise<string> {
  if (version === undefined) return versionsOf(packages, installedVersion);
  const { output } = await run(version, { cwd: FOLDER, env: environment });
  return /\d+(\.\d+)+/.exec(output)?.[0] ?? "not installed";
}

function installedVersion(name: string): string {
  return JSON.parse(readFileSync(join(FOLDER, "node_modules", name, "package.json"), "utf8")).version;
}

/** Installs the clients unless package-lock.json is installed already, and then the packed SDK. */
async function install(): Promise<void> {
  const step = async (says: string, cwd: string, ...command: string[]) => {
    out(`${says}\n`);
    const { works, output } = await run(command, { cwd, env: environment, timeoutMs: INSTALL_MS });
    if (!works) throw new Error(`${command.join(" ")}\n${output}`);
  };
  const marker = join(FOLDER, "node_modules/.installed-lock");
  const lock = createHash("sha256")
    .update(readFileSync(join(FOLDER, "package-lock.json")))
    .digest("hex");
  if (!existsSync(marker) || readFileSync(marker, "utf8") !== lock) {
    await step("installing the clients (1.2 GB)", FOLDER, "npm", "ci", "--prefer-offline");
    writeFileSync(marker, lock);
  }
  const folder = mkdtempSync(join(tmpdir(), "compatibility-sdk-"));
  try {
    const pack = ["--filter", "./packages/client", "pack", "--pack-destination", folder];
    await step("packing the SDK", ROOT, "npx", "-y", "pnpm@12", ...pack);
    const tarballs = readdirSync(folder).map((file) => join(folder, file));
    await step("installing the SDK", FOLDER, "npm", "install", "--no-save", "--prefer-offline", ...tarballs);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The environment without the settings with which pnpm runs this script, and with a browser. */
function withoutNpm(): Environment {
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm|pnpm)_/i.test(name));
  const chromium = process.env.CHROMIUM ?? CHROMIUMS.find(existsSync) ?? "no Chromium is installed";
  return { ...Object.fromEntries(kept.map(([name, value]) => [name, value ?? ""])), CHROMIUM: chromium };
}
