import { randomUUID } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brokenFolder } from "../service-errors.ts";
import { makeFolder } from "./make-folder.ts";

const LOCK_FILE = /^([1-9][0-9]*)\.[0-9a-f-]{36}\.lock$/;

/** The locks of this process. Containers reuse pids, so the pid in a lock file does not tell whether it is one. */
const held = new Set<string>();

/**
 * Locks a folder for this process, creating it if necessary. Each process first writes its own lock file and then
 * looks for others, so that at most one of two that start together continues. A stale lock is never taken over:
 * the process that finds its owner dead deletes it.
 * @param service named in the error
 * @returns a function that releases the folder
 * @throws when a live process holds the folder, or when the folder cannot be created
 */
export async function lockFolder(folder: string, service: string): Promise<() => Promise<void>> {
  try {
    makeFolder(folder);
  } catch (cause) {
    throw brokenFolder(folder, service, cause);
  }
  const own = `${process.pid}.${randomUUID()}.lock`;
  const unlock = async () => {
    await rm(join(folder, own), { force: true });
    held.delete(own);
  };
  held.add(own);
  try {
    await writeFile(join(folder, own), "");
    for (const name of await readdir(folder)) {
      const pid = LOCK_FILE.exec(name)?.[1];
      if (name === own || pid === undefined) continue;
      const file = join(folder, name);
      if (isHeld(name, Number(pid))) {
        const problem = `data folder ${folder} (${service}) is in use by process ${pid}`;
        const fix = "stop that process, or set DATA_FOLDER to another folder";
        throw new Error(`${problem}: ${fix} (if process ${pid} is something else, delete ${file})`);
      }
      await rm(file, { force: true });
    }
    return unlock;
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** The folder in the data folder that a stack locks first and releases last. */
export const STORE_FOLDER = "dynamodb";

/** The live process that holds the folder; null for none, also where there is no folder. */
export function holderOf(folder: string): number | null {
  const names = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder) : [];
  const held = names.flatMap((name) => {
    const pid = Number(LOCK_FILE.exec(name)?.[1]);
    return pid > 0 && isHeld(name, pid) ? [pid] : [];
  });
  return held[0] ?? null;
}

function isHeld(name: string, pid: number): boolean {
  if (pid === process.pid) return held.has(name);
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: the process is alive and belongs to another user.
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}
