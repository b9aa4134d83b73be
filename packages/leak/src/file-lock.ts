import { randomUUID } from "node:crypto";
import { linkSync, lstatSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { checkRegular, fileProblem } from "./lines.ts";
import { LeakProblem } from "./model.ts";

/** What this process holds: another process may have had its number before. */
const own = new Set<string>();

/**
 * Keeps other processes from the same work, as long as this one lives: what a killed process leaves is taken over.
 * @returns gives it back
 * @throws {LeakProblem} another process has it
 */
export function lockFile(file: string): () => void {
  return take(`${onlyNameOf(file)}.lock`, file);
}

/**
 * The one name by which a file is locked, whatever links lead to it.
 * @throws {LeakProblem} there is no such name
 */
export function onlyNameOf(file: string): string {
  const stats = checkRegular(file);
  if (stats !== null && stats.nlink > 1)
    throw new LeakProblem(
      `${file} has another name, too (a hard link), by which another process could work with it: copy it, and name the copy. Nothing was changed`,
    );
  try {
    if (stats !== null) return realpathSync(file);
    if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink())
      throw new LeakProblem(`${file} is a link to nothing: name the file itself. Nothing was changed`);
    return join(realpathSync(dirname(file)), basename(file));
  } catch (error) {
    throw fileProblem(error, file, "written");
  }
}

/** A lock gets its name together with its content, so that nobody sees a part of it. */
function take(lock: string, file: string): () => void {
  const id = randomUUID();
  const written = `${lock}.${id}`;
  own.add(id);
  try {
    writeFileSync(written, `${process.pid} ${hostname()} ${id}`, { flag: "wx", mode: 0o600 });
    while (!isLinked(written, lock)) removeDead(lock, file);
  } catch (error) {
    own.delete(id);
    throw fileProblem(error, lock, "written");
  } finally {
    rmSync(written, { force: true });
  }
  return () => {
    if (ownerOf(lock)?.id === id) rmSync(lock, { force: true });
    own.delete(id);
  };
}

function isLinked(written: string, lock: string): boolean {
  try {
    linkSync(written, lock);
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  }
}

/**
 * Of several that see the same dead lock one removes it, and none the lock that came after it: who removes it holds a lock that
 * is named after it.
 */
function removeDead(lock: string, file: string): void {
  const owner = ownerOf(lock);
  if (owner === null) return;
  if (owner.id === undefined || owner.host !== hostname() || isAlive(owner.pid, owner.id)) {
    throw new LeakProblem(
      `process ${owner.pid} on ${owner.host} works with ${file}: wait for it. If there is no such process, delete ${lock}`,
    );
  }
  const release = take(`${lock}.${owner.id}.dead`, file);
  try {
    if (ownerOf(lock)?.id === owner.id) rmSync(lock, { force: true });
  } finally {
    release();
  }
}

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Undefined where it is not a lock of ours. */
  readonly id: string | undefined;
}

/** Null where nobody has it. */
function ownerOf(lock: string): Owner | null {
  try {
    const [pid, host = "another machine", id] = readFileSync(lock, "utf8").split(" ");
    return { pid: Number(pid), host, id };
  } catch (error) {
    if (isCode(error, "ENOENT")) return null;
    throw error;
  }
}

function isAlive(pid: number, id: string): boolean {
  if (pid === process.pid) return own.has(id);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, "EPERM");
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
