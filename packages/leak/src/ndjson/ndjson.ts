import { createHash } from "node:crypto";
import { realpath, stat } from "node:fs/promises";
import { basename } from "node:path";
import { z } from "zod";
import { countKeys, type JsonString, stringsOf } from "../json-text.ts";
import {
  type Batch,
  type Catalog,
  type FoundRow,
  LeakProblem,
  type LeakSource,
  type Table,
} from "../model.ts";
import type { SubjectRule } from "../subjects.ts";
import { type Line, linesOf, MOST_BYTES, type Start } from "./lines.ts";

const PER_BATCH = 1_000;
const MOST_BATCH_BYTES = 4 * 1_024 * 1_024;
/** How many of the lines that cannot be read are named. */
const MOST_NAMED = 10;
/** The column of what stands in no field: a line that is not an object, and keys. */
const WHOLE = "$";
const BEGINNING: Start = { number: 0, end: 0 };

const position = z.object({ number: z.int().min(0), end: z.int().min(0) });

/** A file with a JSON value a line, such as an export of a table. It is only looked at: a line is changed by its owner's program. */
export async function openNdjson(file: string, rule: SubjectRule, signal: AbortSignal): Promise<LeakSource> {
  const { rows, sha256, unreadable } = await readOnce(file, signal);
  const columns = [{ name: WHOLE, type: "json", form: "document", isGenerated: false }] as const;
  const table: Table = { name: basename(file), key: ["line"], columns, rows };
  const catalog: Catalog = {
    store: "ndjson",
    label: file,
    place: await placeOf(file),
    schemas: null,
    skipped: [],
    fingerprint: sha256,
    tables: [table],
    notes: notesOf(unreadable),
  };
  return {
    catalog,
    walk: (_table, from, limit) => walk(file, from, rule, limit),
    findUserIds: (_table, column, userIds, limit) => findUserIds(file, column, userIds, limit),
    close: async () => {},
  };
}

/** A file that was written again is another one. */
async function placeOf(file: string): Promise<string> {
  const { size, mtime } = await stat(file);
  return `${await realpath(file)} (${size} bytes, of ${mtime.toISOString()})`;
}

interface Unreadable {
  readonly count: number;
  readonly first: readonly number[];
}

/** The hash of the whole file is its identity: a plan of another one, or of an older one, is refused. */
async function readOnce(file: string, signal: AbortSignal) {
  const hash = createHash("sha256");
  const first: number[] = [];
  let [rows, count] = [0, 0];
  try {
    for await (const line of linesOf(file, BEGINNING, signal)) {
      rows += 1;
      hash.update(line.bytes ?? "long").update("\n");
      if (isJson(line)) continue;
      count += 1;
      if (first.length < MOST_NAMED) first.push(line.number);
    }
  } catch (error) {
    signal.throwIfAborted();
    const why = error instanceof Error && "code" in error ? String(error.code) : "";
    throw new LeakProblem(`${file} cannot be read (${why}): check --ndjson`, { cause: error });
  }
  return { rows, sha256: hash.digest("hex"), unreadable: { count, first } };
}

function notesOf({ count, first }: Unreadable): string[] {
  const only = "A file is only looked at: let the program that owns it change its lines, by the plan.";
  if (count === 0) return [only];
  const more = count > first.length ? " …" : "";
  const what = `not JSON, not UTF-8, or longer than ${MOST_BYTES} bytes`;
  return [only, `Lines that are left out, because they are ${what}: ${count} (${first.join(", ")}${more}).`];
}

async function* walk(
  file: string,
  from: unknown,
  rule: SubjectRule,
  signal: AbortSignal,
): AsyncIterable<Batch> {
  let [rows, bytes] = [0, 0];
  let found: FoundRow[] = [];
  let resembling = new Map<string, number>();
  let last = from === null ? BEGINNING : parsePosition(from);
  const take = (): Batch => {
    const batch = { rows, found, resembling, position: last };
    [rows, bytes, found, resembling] = [0, 0, [], new Map()];
    return batch;
  };
  for await (const line of linesOf(file, last, signal)) {
    const row = rowOf(line, rule, resembling);
    if (row !== null) found.push(row);
    rows += 1;
    bytes += line.bytes?.length ?? 0;
    last = { number: line.number, end: line.end };
    if (rows >= PER_BATCH || bytes >= MOST_BATCH_BYTES) yield take();
  }
  if (rows > 0) yield take();
}

function rowOf(
  line: Line,
  { isSubject, resembles }: SubjectRule,
  resembling: Map<string, number>,
): FoundRow | null {
  const text = textOf(line);
  if (text === null) return null;
  const count = (column: string, by: number) => {
    if (by > 0) resembling.set(column, (resembling.get(column) ?? 0) + by);
  };
  count(
    WHOLE,
    countKeys(text, (key) => isSubject(key) || resembles(key)),
  );
  const places = stringsOf(text, (value) => isSubject(value) || resembles(value)).flatMap((string) => {
    const { column, path } = fieldOf(string);
    if (isSubject(string.value)) return [{ column, path, subject: string.value }];
    count(column, 1);
    return [];
  });
  return places.length === 0 ? null : { key: [String(line.number)], places };
}

async function findUserIds(
  file: string,
  column: string,
  userIds: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const wanted = new Set(userIds);
  const found = new Set<string>();
  for await (const line of linesOf(file, BEGINNING, signal)) {
    const text = textOf(line);
    if (text === null) continue;
    for (const string of stringsOf(text, (value) => wanted.has(value)))
      if (fieldOf(string).column === column) found.add(string.value);
  }
  return found;
}

function fieldOf({ path }: JsonString) {
  const [first, ...rest] = path;
  return typeof first === "string" ? { column: first, path: rest } : { column: WHOLE, path };
}

function isJson(line: Line): boolean {
  const text = textOf(line);
  return text !== null || line.bytes?.length === 0;
}

/** Null for a line that is empty or cannot be read. */
function textOf({ bytes }: Line): string | null {
  if (bytes === null || bytes.length === 0) return null;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    JSON.parse(text);
    return text;
  } catch {
    return null;
  }
}

/** @throws {LeakProblem} */
function parsePosition(from: unknown): Start {
  const parsed = position.safeParse(from);
  if (!parsed.success) throw new LeakProblem("the stored position is not one of a file");
  return parsed.data;
}
