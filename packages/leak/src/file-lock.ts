import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { fileProblem } from "./lines.ts";
import { LeakProblem } from "./model.ts";

/**
 * Keeps other processes from the same work, as long as this one lives: what a killed process leaves is taken over.
 * @returns gives it back
 * @throws {LeakProblem} another process has it
 */
export function lockFile(file: string): () => void {
  const lock = `${file}.lock`;
  const owner = `${process.pid} ${hostname()}`;
  const write = (flag: "w" | "wx") => writeFileSync(lock, owner, { flag, mode: 0o600 });
  try {
    write("wx");
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw fileProblem(error, lock, "written");
    const [pid = "", host = ""] = readFileSync(lock, "utf8").split(" ");
    if (host !== "" && (host !== hostname() || isAlive(Number(pid)))) {
      throw new LeakProblem(
        `process ${pid} on ${host} works with ${file}: wait for it. If there is no such process, delete ${lock}`,
      );
    }
    write("w");
  }
  return () => rmSync(lock, { force: true });
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
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
