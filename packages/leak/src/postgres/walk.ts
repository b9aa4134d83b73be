import { escapeLiteral } from "pg";
import { z } from "zod";
import { countKeys, stringsOf } from "../json-text.ts";
import type { Batch, FoundRow, Place } from "../model.ts";
import type { SubjectRule } from "../subjects.ts";
import type { PostgresColumn } from "./catalog.ts";
import { type Page, pagesOf, type Reading, textOf } from "./pages.ts";

/** As {@link SubjectRule.isSubject} has it. */
const MOST_CHARACTERS = 255;
/** In the text of a document: a character of a strategy, or a pipe, that is written as an escape. */
const ESCAPED = escapeLiteral(String.raw`\u00`);
const UUID = escapeLiteral('"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"');

const position = z.array(z.string()).nullable();

type Table = Pick<Reading, "connection" | "options" | "table" | "atOnce" | "signal">;

export interface Walk extends Table {
  readonly rule: SubjectRule;
  /** Of the last batch; null for the beginning. */
  readonly position: unknown;
}

/** @throws {LeakProblem} */
export async function* walkTable({ rule, ...walk }: Walk): AsyncGenerator<Batch> {
  const { columns } = walk.table;
  const cells = columns.map(({ form }, at) => scanCell(textOf(at), form, rule));
  for await (const page of pagesOf({ ...walk, columns, cells, after: position.parse(walk.position) })) {
    yield batchOf(page, columns, rule);
  }
}

/** Stands for a text that only looks like a subject and need not be sent. No text with a pipe is this one. */
const MARK = "!";

/** Of a column: a text that may have a subject, or the mark, or null. Most texts have no pipe, which is seen soonest. */
function scanCell(text: string, form: PostgresColumn["form"], rule: SubjectRule): string {
  const matches = (pattern: string) => `${text} ~ ${escapeLiteral(pattern)}`;
  const [mentions, looksLike] = [matches(rule.pattern), matches(rule.shape)];
  const hasPipe = `pg_catalog.strpos(${text}, '|') > 0`;
  if (form === "value") {
    return `CASE WHEN NOT ${hasPipe} THEN NULL
      WHEN pg_catalog.char_length(${text}) > ${MOST_CHARACTERS} THEN CASE WHEN ${mentions} THEN '${MARK}' END
      WHEN ${mentions} OR ${looksLike} THEN ${text} END`;
  }
  const isWritten = form === "document" ? `WHEN pg_catalog.strpos(${text}, ${ESCAPED}) > 0 THEN ${text}` : "";
  return `CASE ${isWritten} WHEN NOT ${hasPipe} THEN NULL
    WHEN ${mentions} THEN ${text} WHEN ${looksLike} THEN '${MARK}' END`;
}

function batchOf({ rows, hits, last }: Page, columns: readonly PostgresColumn[], rule: SubjectRule): Batch {
  const found: FoundRow[] = [];
  const resembling = new Map<string, number>();
  for (const { key, cells } of hits) {
    const places: Place[] = [];
    for (const [at, column] of columns.entries()) {
      const text = cells[at] ?? null;
      if (text === null) continue;
      const look = text === MARK ? ONLY_RESEMBLES : lookAt(column, text, rule);
      if (look.resembles) resembling.set(column.name, (resembling.get(column.name) ?? 0) + 1);
      for (const place of look.places) places.push(place);
    }
    if (places.length > 0) found.push({ key, places });
  }
  return { rows, found, resembling, position: last };
}

interface Look {
  readonly places: readonly Place[];
  readonly resembles: boolean;
}

const ONLY_RESEMBLES: Look = { places: [], resembles: true };

/** What an edit could take for another string of the same path: a subject, and the UUID that takes its place. */
const USER_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TWICE =
  "A key occurs twice in its object, so that an undo could not tell its values apart. Change it by hand, or leave it.";

function lookAt({ name: column, form, byHand }: PostgresColumn, text: string, rule: SubjectRule): Look {
  if (form === "value") {
    const places = rule.isSubject(text) ? [{ column, path: [], subject: text }] : [];
    return { places, resembles: rule.resembles(text) };
  }
  const isLike = (value: string) => rule.isSubject(value) || rule.resembles(value);
  const all = stringsOf(text, (value) => isLike(value) || USER_ID.test(value));
  const strings = all.filter(({ value }) => isLike(value));
  const subjects = strings.filter(({ value }) => rule.isSubject(value));
  const places = Map.groupBy(all, ({ path }) => JSON.stringify(path));
  return {
    places: subjects.map(({ path, value: subject }) => {
      const isTwice = (places.get(JSON.stringify(path))?.length ?? 0) > 1;
      return { column, path, subject, byHand: byHand ?? (isTwice ? TWICE : undefined) };
    }),
    resembles:
      subjects.length < strings.length ||
      countKeys(text, (key) => rule.isSubject(key) || rule.resembles(key)) > 0,
  };
}

/**
 * Of these UUIDs those that a column has: as a value, in an array, or as a string in a document.
 * @throws {LeakProblem}
 */
export async function findUserIds(
  reading: Table,
  column: PostgresColumn,
  userIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const missing = new Set(userIds);
  const found = new Set<string>();
  const values = () => [[...missing]];
  const cells = [userIdCell(textOf(0), column.form)];
  for await (const { hits } of pagesOf({ ...reading, columns: [column], cells, values, after: null })) {
    for (const { value } of hits.flatMap(({ cells: [text] }) => stringsOf(text ?? "[]"))) {
      missing.delete(value);
      found.add(value);
    }
    if (missing.size === 0) break;
  }
  return found;
}

/** JSON of the UUIDs of $1 that a row has. */
function userIdCell(text: string, form: PostgresColumn["form"]): string {
  const wanted = "ANY ($1::text[])";
  if (form === "value") {
    return `CASE WHEN ${text} = ${wanted} THEN pg_catalog.json_build_array(${text})::text END`;
  }
  return `(SELECT pg_catalog.json_agg(m[1])::text FROM pg_catalog.regexp_matches(${text}, ${UUID}, 'g') m WHERE m[1] = ${wanted})`;
}
