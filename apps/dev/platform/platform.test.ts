import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { cp, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { lockFolder } from "../data-folder/folder-lock.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const PLATFORM = join(ROOT, "platform");

async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "platform-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}, program = PLATFORM): Promise<Ran> {
  const { PLATFORM_API_URL: _, ...own } = process.env;
  return promisify(execFile)(program, args, { env: { ...own, ...env } }).then(
    (output) => ({ code: 0, ...output }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
}

test("is a POSIX script of at most 20 lines", () => {
  const text = readFileSync(PLATFORM, "utf8");
  expect(text).toMatch(/^#!\/bin\/sh\n/);
  expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(20);
  expect(spawnSync("sh", ["-n", PLATFORM]).status).toBe(0);
});

test.for<string[]>([
  ["member", "list", "acme"],
  ["org", "list"],
  ["dns", "set", "_platform-api.acme.example", "x"],
  ["dns", "list"],
  ["token", "jane@acme.example"],
  ["token", "explain", "x"],
])("says that no stack runs, and makes no folder: %j", async (args) => {
  const folder = join(await temporary(), "data");
  const missing = {
    code: 1,
    stdout: "",
    stderr: `No stack is running in ${folder}. Run \`./platform start\`, or set DATA_FOLDER.\n`,
  };
  expect(await run(args, { DATA_FOLDER: folder })).toEqual(missing);
  expect(existsSync(folder)).toBe(false);
});

test("the data of a stack that has ended is not a stack that runs", async () => {
  const folder = await temporary();
  const unlock = await lockFolder(join(folder, "dynamodb"), "test");
  await writeFile(join(folder, "platform-api.env"), "");
  expect(await run(["dns", "set", "a.example", "x"], { DATA_FOLDER: folder })).toMatchObject({ code: 0 });
  await unlock();
  const { stderr } = await run(["dns", "list"], { DATA_FOLDER: folder });
  expect(stderr).toContain("No stack is running");
});

/** With it, a start fails at once. */
const NOT_STARTED = { DATA_FOLDER: "/nowhere", DNS_PORT: "none" };

test.for(["start", "stand-ins"])("%s takes no arguments, and its help has at most 15 lines", async (what) => {
  const stderr = `${what} takes no arguments (see ./platform ${what} --help)\n`;
  expect(await run([what, "nonsense"], NOT_STARTED)).toEqual({ code: 2, stdout: "", stderr });
  const { stdout } = await run([what, "--help"], NOT_STARTED);
  expect(stdout.trimEnd().split("\n").length).toBeLessThanOrEqual(15);
});

test.for<[string[], string, number?]>([
  [[], "./platform start", 2],
  [["--help"], `Usage: ${PLATFORM} [`],
  [["member", "remove", "--help"], `Usage: ${PLATFORM} member remove`],
  [["dns", "--help"], "./platform dns set"],
  [["token", "--help"], "./platform token <e-mail>"],
  [["start", "--help"], "PLATFORM_API_PORT "],
  [["stand-ins", "-h"], "in /nowhere/about.txt"],
])("helps without a stack: %j", async ([args, text, status = 0]) => {
  const { code, stdout } = await run(args, NOT_STARTED);
  expect(stdout).toContain(text);
  expect(code).toBe(status);
});

test("runs through a link, from another folder, and without anything on PATH", async () => {
  const folder = await temporary();
  const link = join(folder, "platform");
  await symlink(PLATFORM, link);
  const help = await run(["dns", "--help"]);
  expect(await run(["dns", "--help"], {}, link)).toEqual(help);
  expect(await run(["dns", "--help"], { PATH: folder })).toEqual(help);
});

test("installs what is missing with pnpm, else with npx, first without the network", async () => {
  const folder = await temporary();
  const bin = join(folder, "bin");
  mkdirSync(bin);
  await cp(PLATFORM, join(folder, "platform"));
  await writeFile(join(folder, "pnpm-lock.yaml"), "");
  const calls = join(folder, "calls");
  const recorder = `#!/bin/sh\necho "\${0##*/} $*" >> ${calls}\nexit 1\n`;
  await writeFile(join(bin, "npx"), recorder, { mode: 0o755 });
  const env = { PATH: `${bin}:/usr/bin:/bin` };
  expect(await run(["org", "list"], env, join(folder, "platform"))).toMatchObject({ code: 1 });
  const byNpx = "npx --offline -y pnpm@12 install\nnpx -y pnpm@12 install\n";
  expect(readFileSync(calls, "utf8")).toBe(byNpx);
  await writeFile(join(bin, "pnpm"), recorder, { mode: 0o755 });
  await run(["org", "list"], env, join(folder, "platform"));
  expect(readFileSync(calls, "utf8")).toBe(`${byNpx}pnpm install\n`);
});
