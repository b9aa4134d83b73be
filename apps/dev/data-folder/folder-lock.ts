import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brokenFolder } from "./broken-folder.ts";

const LOCK_FILE = /^([1-9][0-9]*)\.[0-9a-f-]{36}\.lock$/;

/** The locks of this process: a crashed one of the same pid (containers repeat them) is not among them. */
const held = new Set<string>();

/**
 * Takes a folder for this process alone, creating it if need be. Each process first puts down a lock file of
 * its own and then looks for others', so that of two that start together at most one goes on, and no stale
 * lock is ever taken over: it is deleted by whoever finds its process dead.
 * @param service whom the error names
 * @returns what gives the folder free again
 * @throws when a live process holds the folder, or it cannot be made
 */
export async function lockFolder(folder: string, service: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw brokenFolder(folder, service, cause);
  });
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
        const cure = "stop that process, or set DATA_FOLDER to another folder";
        throw new Error(`${problem}: ${cure} (if process ${pid} is something else, delete ${file})`);
      }
      await rm(file, { force: true });
    }
    return unlock;
  } catch (error) {
    await unlock();
    throw error;
  }
}

function isHeld(name: string, pid: number): boolean {
  if (pid === process.pid) return held.has(name);
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: alive, under another user.
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}
