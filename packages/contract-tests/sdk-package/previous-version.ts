/**
 * The compatibility promise: the previous version's client works with today's server, and today's client with the
 * previous version's server. Run it with: node packages/contract-tests/sdk-package/previous-version.ts [commit]
 */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runIn } from "./packed.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const CONFIG = "packages/contract-tests/sdk-package/built-client.vitest.config.ts";

const PNPM = ["npx", "-y", "pnpm@12"];

export interface Outcome {
  readonly name: string;
  /** Null if it could not be tried. */
  readonly works: boolean | null;
  readonly detail: string;
}

export async function tryPreviousVersion(commit?: string): Promise<readonly Outcome[]> {
  const previous = commit ?? (await previousCommit());
  const name = "the previous version";
  if (previous === null) return [{ name, works: null, detail: "a shallow clone does not contain it" }];
  const checkout = mkdtempSync(join(tmpdir(), "previous-version-"));
  try {
    const archive = join(checkout, "archive.tar");
    await git("archive", "--output", archive, previous);
    await runIn(checkout)("tar", "-xf", archive);
    await pnpm(checkout, "install", "--frozen-lockfile", "--prefer-offline");
    cpSync(join(ROOT, CONFIG), join(checkout, CONFIG));
    for (const folder of [ROOT, checkout]) await pnpm(folder, "--filter", "./packages/client", "build");
    const short = await git("rev-parse", "--short", previous);
    return [
      await contract(`the client of ${short} with today's server`, { client: checkout, server: ROOT }),
      await contract(`today's client with the server of ${short}`, { client: ROOT, server: checkout }),
    ];
  } finally {
    rmSync(checkout, { recursive: true });
  }
}

/** The last release, or else what was before the last change of the public types. */
async function previousCommit(): Promise<string | null> {
  const tag = await git("describe", "--tags", "--abbrev=0", "--match=v*", "HEAD^").catch(() => null);
  if (tag !== null) return tag;
  if ((await git("rev-parse", "--is-shallow-repository")) === "true") return null;
  return `${await git("log", "-1", "--format=%H", "--", "packages/client/api")}^`;
}

/** Runs the tests of what consumers rely on, against the server of one checkout with the build of the other's client. */
async function contract(
  name: string,
  { client, server }: Record<"client" | "server", string>,
): Promise<Outcome> {
  const dist = `CLIENT_DIST=${join(client, "packages/client/dist")}`;
  const args = [dist, ...PNPM, "exec", "vitest", "run", "--config", CONFIG];
  const { works, output } = await runIn(server)("env", ...args).then(
    (stdout) => ({ works: true, output: stdout }),
    (error: Error) => ({ works: false, output: error.message }),
  );
  const summary = /^\s*Tests\s.*$/m.exec(stripColors(output))?.[0].trim();
  return { name, works, detail: summary ?? output };
}

async function git(...args: string[]): Promise<string> {
  return (await runIn(ROOT)("git", ...args)).trim();
}

async function pnpm(folder: string, ...args: string[]): Promise<void> {
  await runIn(folder)("env", ...PNPM, ...args);
}

function stripColors(text: string): string {
  return text.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, "g"), "");
}

if (import.meta.main) {
  const outcomes = await tryPreviousVersion(process.argv[2]);
  for (const { name, works, detail } of outcomes) {
    const verdict = works === null ? "skipped" : works ? "works" : "FAILS";
    process.stdout.write(`${verdict}: ${name}: ${detail}\n`);
  }
  if (outcomes.some(({ works }) => works === false)) process.exitCode = 1;
}
