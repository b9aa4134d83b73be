import { createReadStream, type Stats, statSync } from "node:fs";
import { LeakProblem } from "./model.ts";

/** A line of a file, and where it stands. */
export interface Line {
  readonly text: string;
  /** What it says, parsed once; undefined where it is not JSON. */
  readonly json: unknown;
  /** With its end. */
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** False for the last one of a file that was cut, or is still being written. */
  readonly isWhole: boolean;
}

const LINE_END = 0x0a;
/** Far more than a line of ours has: a file without line ends is somebody else's. */
export const MOST_LINE_BYTES = 64_000_000;

export interface LineOptions {
  /** Where to begin. */
  readonly from?: number;
  /** Where to end. */
  readonly to?: number;
  /** A file that does not exist has no lines. */
  readonly isOptional?: boolean;
}

/**
 * Reads a file of any size line by line.
 * @throws {LeakProblem} the file cannot be read
 */
export async function* linesOf(
  file: string,
  { from = 0, to = Number.POSITIVE_INFINITY, isOptional = false }: LineOptions = {},
): AsyncGenerator<Line> {
  if (to <= from) return;
  checkRegular(file);
  let left = Buffer.alloc(0);
  let start = from;
  const line = (bytes: Buffer, isWhole: boolean): Line => {
    const text = bytes.toString("utf8", 0, isWhole ? bytes.length - 1 : bytes.length);
    const end = start + bytes.length;
    const read = { text, json: jsonOf(text), bytes, start, end, isWhole };
    start = end;
    return read;
  };
  try {
    for await (const chunk of createReadStream(file, { start: from, end: to - 1, highWaterMark: 1 << 18 })) {
      left = left.length === 0 ? chunk : Buffer.concat([left, chunk]);
      let begin = 0;
      for (let at = left.indexOf(LINE_END); at !== -1; at = left.indexOf(LINE_END, begin)) {
        yield line(left.subarray(begin, at + 1), true);
        begin = at + 1;
      }
      left = left.subarray(begin);
      if (left.length > MOST_LINE_BYTES)
        throw new LeakProblem(`${file} is not a file that \`leak\` has written`);
    }
  } catch (error) {
    if (isOptional && error instanceof Error && "code" in error && error.code === "ENOENT") return;
    throw fileProblem(error, file, "read");
  }
  if (left.length > 0) yield line(left, false);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * A device would be replaced, and a pipe be waited for.
 * @returns null where it does not exist, or nothing can be known of it
 * @throws {LeakProblem} it exists, and is something else than a file
 */
export function checkRegular(file: string): Stats | null {
  const stats = statOf(file);
  if (stats === null || stats.isFile()) return stats;
  const what = stats.isDirectory() ? "a folder" : "a device, a pipe or a socket";
  throw new LeakProblem(
    `${file} cannot be used: it is ${what}. Name a file, or one that does not exist yet. Nothing was changed`,
  );
}

function statOf(file: string): Stats | null {
  try {
    return statSync(file);
  } catch {
    return null;
  }
}

const CAUSES: Readonly<Record<string, string>> = {
  ENOSPC: "no space is left on the disk: make room, then run the same command again",
  EDQUOT: "the quota of this user is used up: make room, then run the same command again",
  EFBIG: "it has reached the largest size that the system allows",
  EACCES: "this user may not: correct the permissions, or name another file",
  EPERM: "this user may not: correct the permissions, or name another file",
  EROFS: "the file system is read-only: name another file",
  ENOENT: "it does not exist: correct the name",
  EISDIR: "it is a folder: name a file",
  ENOTDIR: "a part of its path is not a folder",
  EIO: "the disk has an error",
};

/** Says in words why a file cannot be used; any other error as it is. */
export function fileProblem(error: unknown, file: string, what: "read" | "written"): unknown {
  if (!(error instanceof Error) || error instanceof LeakProblem || !("code" in error)) return error;
  const cause = CAUSES[String(error.code)];
  return new LeakProblem(`${file} cannot be ${what}: ${cause ?? error.message}`, { cause: error });
}
