import { open, readFile, rename, rm } from "node:fs/promises";
import { z } from "zod";
import { checkRegular } from "./lines.ts";
import { LeakProblem } from "./model.ts";
import { checkBegun } from "./origin.ts";

const VERSION = 1;
const SAVE_EVERY_MS = 1_000;

const column = z.object({
  table: z.string(),
  column: z.string(),
  rows: z.int(),
  /** Indexes of `subjects`. */
  subjects: z.array(z.int()),
  resembling: z.int(),
});

const state = z.object({
  kind: z.literal("scan"),
  version: z.literal(VERSION),
  fingerprint: z.string(),
  place: z.string(),
  begunAt: z.iso.datetime(),
  /** Of the strategies. */
  pattern: z.string(),
  /** All rows that were read. */
  rows: z.int(),
  /** The tables that are read to their end. */
  done: z.array(z.string()),
  /** Where the walk of the next one is; null at its beginning. */
  position: z.unknown(),
  subjects: z.array(z.string()),
  columns: z.array(column),
});
/** How far a scan is, and what it has found. */
export type ScanState = z.infer<typeof state>;

/**
 * Null if no scan was stopped.
 * @throws {LeakProblem} it is not of this scan
 */
export async function readState(
  file: string,
  { fingerprint, pattern, place }: Pick<ScanState, "fingerprint" | "pattern" | "place">,
): Promise<ScanState | null> {
  checkRegular(file);
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw stateProblem(file, error);
  });
  if (text === null) return null;
  const found = parse(text);
  const instead = `delete it to begin again, or name another file by --state`;
  if (found === null) {
    throw new LeakProblem(`${file} is not the state of a scan, or that of another version: ${instead}`);
  }
  checkBegun(file, found, place);
  if (found.fingerprint !== fingerprint) {
    throw new LeakProblem(
      `${file} is the state of a scan of another store, or of other tables and columns: ${instead}`,
    );
  }
  if (found.pattern !== pattern) {
    throw new LeakProblem(`${file} is the state of a scan for other strategies: ${instead}`);
  }
  return found;
}

function parse(text: string): ScanState | null {
  try {
    return state.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

export interface StateFile {
  /** Writes the state if the last time is a second ago, or if it `must` be written. */
  save(state: () => Omit<ScanState, "kind" | "version">, must?: boolean): Promise<void>;
  remove(): Promise<void>;
}

/** A process that is killed meanwhile leaves the former state. The file has subjects in it: only its owner reads it. */
export function stateFile(file: string): StateFile {
  let savedAt = Date.now();
  return {
    async save(current, must = false) {
      if (!must && Date.now() - savedAt < SAVE_EVERY_MS) return;
      const part = `${file}.${process.pid}.part`;
      try {
        const handle = await open(part, "w", 0o600);
        try {
          await handle.writeFile(JSON.stringify({ kind: "scan", version: VERSION, ...current() }));
          await handle.datasync();
        } finally {
          await handle.close();
        }
        await rename(part, file);
      } catch (error) {
        await rm(part, { force: true });
        throw stateProblem(file, error);
      }
      savedAt = Date.now();
    },
    remove: () => rm(file, { force: true }),
  };
}

function stateProblem(file: string, error: unknown): LeakProblem {
  const why = error instanceof Error && "code" in error ? error.code : String(error);
  return new LeakProblem(
    `the state of the scan cannot be kept in ${file} (${why}): name another file by --state`,
    {
      cause: error,
    },
  );
}
