import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PNPM, runIn } from "../sdk-package/packed.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const APP = "apps/platform-api";
const CACHE = join(ROOT, "node_modules/.cache/upgrade");

/**
 * The commit before this one. Null if this is the first one, or if the clone is shallow and cannot be deepened.
 * `UPGRADE_FROM` names another commit, for trying an older version by hand.
 */
export async function findPreviousCommit(): Promise<string | null> {
  const { UPGRADE_FROM: revision = "HEAD~1" } = process.env;
  const find = () => git("rev-parse", "--verify", "--quiet", `${revision}^{commit}`).catch(() => null);
  const found = await find();
  if (found !== null || (await git("rev-parse", "--is-shallow-repository").catch(() => null)) !== "true")
    return found;
  await git("fetch", "--quiet", "--deepen=1").catch(() => null);
  return find();
}

/** Builds the present files. @returns the built file */
export async function buildThisTree(folder: string): Promise<string> {
  await runIn(join(ROOT, APP))(join(ROOT, APP, "node_modules/.bin/tsdown"), "--out-dir", folder);
  return join(folder, "platform-api.js");
}

/** Installs and builds a commit outside of this checkout, unless that was done before. @returns the built file */
export async function buildCommit(commit: string): Promise<string> {
  const cached = join(CACHE, commit, "platform-api.js");
  if (existsSync(cached)) return cached;
  const checkout = mkdtempSync(join(tmpdir(), "upgrade-build-"));
  try {
    const archive = join(checkout, "archive.tar");
    await git("archive", "--output", archive, commit);
    const run = runIn(checkout);
    await run("tar", "-xf", archive);
    const packages = ["--filter", "@platform-api/platform-api..."];
    await run(...PNPM, "install", "--frozen-lockfile", "--prefer-offline", ...packages);
    await run(...PNPM, "--filter", "@platform-api/platform-api", "build");
    rmSync(CACHE, { recursive: true, force: true }); // the builds of former commits
    mkdirSync(CACHE, { recursive: true });
    // Renamed, so that a build that was interrupted is never found.
    const copied = mkdtempSync(join(CACHE, "new-"));
    cpSync(join(checkout, APP, "dist"), copied, { recursive: true });
    renameSync(copied, join(CACHE, commit));
  } finally {
    rmSync(checkout, { recursive: true });
  }
  return cached;
}

async function git(...args: string[]): Promise<string> {
  return (await runIn(ROOT)("git", ...args)).trim();
}
