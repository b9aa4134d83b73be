import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openEmbeddedPostgres } from "./database.ts";

const CACHE = fileURLToPath(new URL("../../../node_modules/.cache/postgres", import.meta.url));

/**
 * Copies a new, empty Postgres into the data folder of a user directory. Creating one takes seconds of CPU time, so the
 * test processes share one for each version of PGlite.
 */
export async function copyEmptyPostgres(dataFolder: string): Promise<void> {
  const prepared = join(CACHE, await version());
  if (!existsSync(prepared)) await prepare(prepared);
  await cp(prepared, dataFolder, { recursive: true });
}

async function prepare(prepared: string): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  const unfinished = await mkdtemp(join(CACHE, "unfinished-"));
  try {
    await (await openEmbeddedPostgres(unfinished)).close();
    await rename(unfinished, prepared);
  } catch (error) {
    await rm(unfinished, { recursive: true });
    if (!existsSync(prepared)) throw error; // otherwise another process made it meanwhile
  }
}

/** A hash of PGlite's manifest and of our code that opens it. */
async function version(): Promise<string> {
  const pglite = dirname(createRequire(import.meta.url).resolve("@electric-sql/pglite"));
  const files = [join(pglite, "../package.json"), fileURLToPath(new URL("database.ts", import.meta.url))];
  const hash = createHash("sha256");
  for (const file of files) hash.update(await readFile(file));
  return hash.digest("hex");
}
