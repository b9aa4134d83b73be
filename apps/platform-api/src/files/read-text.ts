import { readFileSync } from "node:fs";
import { CommandFailure } from "../commands/terminal.ts";

const FILE_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "this user may not read it",
};

/**
 * The file that a command is given.
 * @throws {CommandFailure} when it cannot be read
 */
export function readText(path: string): string {
  try {
    return readFileSync(path, "utf8").replace(/^\ufeff/, ""); // Windows editors begin a file so
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    throw new CommandFailure(`cannot read ${path}: ${FILE_PROBLEMS[code] ?? code}`);
  }
}
