import { readFileSync } from "node:fs";
import { checkJsonStructure } from "@platform-api/server/adapters";
import { parseEmail, parseOrganizationId } from "@platform-api/server/domain";
import { inPlainWords } from "@platform-api/server/wire";
import type { z } from "zod";
import { describeProblems } from "../config/config.ts";
import { parsed } from "../config/values.ts";
import { CommandFailure, printable } from "../terminal/terminal.ts";

const SUMMARIES = {
  organizations: "the organizations file cannot be applied",
  members: "the members file cannot be imported, and nothing was changed",
} as const;

/** A file that a command cannot use; each problem says where it is and how to fix it. */
export class FileError extends CommandFailure {
  readonly problems: readonly string[];

  constructor(file: keyof typeof SUMMARIES, problems: readonly string[]) {
    super(describeProblems(SUMMARIES[file], problems.map(printable)));
    this.problems = problems;
  }
}

const READ_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "this user may not read it",
};

/**
 * The JSON value in the file that a command is given.
 * @throws {CommandFailure} when the file cannot be read; {@link FileError} when it is not JSON
 */
export function readJsonFile(path: string, file: keyof typeof SUMMARIES): unknown {
  const text = readText(path);
  try {
    const value: unknown = JSON.parse(text);
    // `JSON.parse` would silently drop the first of two equal names, and with it a list of domains or members.
    checkJsonStructure(text);
    return value;
  } catch (error) {
    throw new FileError(file, [`invalid JSON: ${error instanceof Error ? error.message : ""}`]);
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8").replace(/^\ufeff/, ""); // Windows editors write a byte order mark first
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    throw new CommandFailure(`cannot read ${path}: ${READ_PROBLEMS[code] ?? code}`);
  }
}

/** Where a problem is in a JSON file, as an operator finds it: `organizations[2].domains[0]`. */
export function location(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  return text.replace(/^\./, "") || "the file";
}

/** What is wrong with an entry of a file, in words for an operator. */
export function problemOfEntry(issue: z.core.$ZodRawIssue): string | undefined {
  return inPlainWords(issue, issue.input === undefined);
}

export const organizationId = parsed(
  parseOrganizationId,
  "must be 1 to 64 letters, digits, dots, hyphens, underscores, and not `me`",
);
export const emailAddress = parsed(parseEmail, "is not an e-mail address such as jane@acme.example");
