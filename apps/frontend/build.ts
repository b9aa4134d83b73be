import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { build, type Rolldown } from "vite";

const root = import.meta.dirname;
const workspace = join(root, "../..");
const cache = join(workspace, "node_modules/.cache/frontend");
/** What the build depends on: our sources, and the lockfile for those of others. */
const SOURCES = [
  "{apps/frontend,packages/client,packages/server}/**",
  "pnpm-lock.yaml",
  "tsconfig.base.json",
];
const GENERATED = ["node_modules", "dist", ".types"];

/**
 * Builds the app, unless a build of the same sources exists.
 * @returns the folder of the built files, which nothing changes later
 * @throws when the build fails
 */
export async function buildFrontend(): Promise<string> {
  const sources = sourceFiles();
  const outDir = join(cache, hashOf(sources));
  if (existsSync(outDir)) return outDir;
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(join(cache, "unfinished-"));
  try {
    const built = await build({ root, logLevel: "error", build: { outDir: unfinished, emptyOutDir: true } });
    refuseUnlisted(built, sources);
    renameSync(unfinished, outDir);
  } catch (error) {
    rmSync(unfinished, { recursive: true });
    if (!existsSync(outDir)) throw error; // otherwise another process built it meanwhile
  }
  return outDir;
}

function sourceFiles(): string[] {
  const exclude = ({ name }: { name: string }) => GENERATED.includes(name);
  return globSync(SOURCES, { cwd: workspace, withFileTypes: true, exclude })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function hashOf(files: readonly string[]): string {
  // With another NODE_ENV, React is another one.
  const hash = createHash("sha256").update(String(process.env.NODE_ENV));
  for (const file of files) {
    const content = readFileSync(file);
    hash.update(`\0${relative(workspace, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/** A build from a file that is not hashed would be used again after that file has changed. */
function refuseUnlisted(built: Awaited<ReturnType<typeof build>>, sources: readonly string[]): void {
  const outputs: Rolldown.RolldownOutput[] = [built].flat().filter((one) => "output" in one);
  const chunks = outputs.flatMap(({ output }) => output).filter((file) => file.type === "chunk");
  const files = chunks.flatMap(({ moduleIds }) => moduleIds.map((id) => id.replace(/\?.*$/, "")));
  for (const file of files) {
    if (!file.startsWith(workspace) || file.includes("/node_modules/") || sources.includes(file)) continue;
    throw new Error(`add ${relative(workspace, file)} to the SOURCES of the build`);
  }
}
