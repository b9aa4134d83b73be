import type { Dump, DumpedRow } from "./dump.ts";
import type { Size } from "./world.ts";
import { isHeld, type Journal } from "./writers.ts";

/** What is known of a repair, to judge what it has left. */
export interface Evidence {
  readonly size: Size;
  readonly before: Dump;
  /** As a repair should leave it where nobody writes. */
  readonly repaired: Dump;
  /** Tags of the rows that the plan names, or that follow one by a cascade. */
  readonly named: ReadonlySet<string>;
  readonly journal: Journal;
}

const INSIDE = /(\\*"seen\\*"\s*:\s*)(\d+)/g;

/** A row as it would be if writers had changed nothing inside of its documents, and what they have written there. */
function settled({ rest }: DumpedRow): { inside: readonly string[]; rest: string } {
  const inside = [...rest.matchAll(INSIDE)].map(([, , number = ""]) => number);
  // The last column has a history, which writers leave alone.
  return { inside: inside.slice(0, 2), rest: rest.replaceAll(INSIDE, (_, key) => `${key}0`) };
}

/** @returns what a repair has done wrong, one sentence each: nothing is lost, and what is named alone is changed */
export function judgeRepair(after: Dump, evidence: Evidence): string[] {
  const { before, repaired, named } = evidence;
  const problems = judgeWriters(after, evidence);
  for (const [tag, was] of before.rows) {
    const row = after.rows.get(tag);
    const wanted = repaired.rows.get(tag);
    if (row === undefined || evidence.journal.given.has(tag)) continue;
    const { rest } = settled(row);
    const isDue = wanted?.rest !== was.rest;
    if (rest === was.rest) {
      if (isDue && !isHeldBack(tag, evidence)) problems.push(`${tag} is not changed: ${was.rest}`);
    } else if (rest !== wanted?.rest || row.table !== wanted.table) {
      problems.push(`${tag} is changed to ${rest} from ${was.rest}, not to ${wanted?.rest}`);
    } else if (!named.has(tag)) problems.push(`${tag} is changed, and the plan does not name it`);
  }
  return problems;
}

/** @returns what the way back has done wrong: every row is as it was, byte for byte, except what writers have changed */
export function judgeUndo(after: Dump, evidence: Evidence): string[] {
  const problems = judgeWriters(after, evidence);
  if (after.schema !== evidence.before.schema) problems.push("the schema differs");
  for (const [tag, was] of evidence.before.rows) {
    const row = after.rows.get(tag);
    if (row === undefined || evidence.journal.given.has(tag)) continue;
    if (settled(row).rest !== was.rest) problems.push(`${tag} is ${row.rest}, and was ${was.rest}`);
    if (row.table !== was.table) problems.push(`${tag} is in ${row.table}, and was in ${was.table}`);
  }
  return problems;
}

/** What writers have done is there, and nothing else is gone or new. */
function judgeWriters(after: Dump, { before, journal, named }: Evidence): string[] {
  const problems = [...journal.problems];
  for (const [tag, was] of before.rows) {
    const row = after.rows.get(tag);
    if (journal.deleted.has(tag)) {
      if (row !== undefined) problems.push(`${tag} was deleted, and is back`);
      continue;
    }
    if (row === undefined) {
      problems.push(`${tag} is lost`);
      continue;
    }
    if (row.seen !== String(journal.seen.get(tag) ?? 0)) problems.push(`${tag} has lost what was seen`);
    const inside = String(journal.inside.get(tag) ?? 0);
    if (settled(row).inside.some((each) => each !== inside))
      problems.push(`${tag} has lost what was written inside`);
    const given = journal.given.get(tag);
    const [id, , ...others] = was.rest.split("\t");
    if (given !== undefined && row.rest !== [id, given, ...others].join("\t"))
      problems.push(`${tag} was given to ${given}, and is ${row.rest}`);
  }
  for (const [tag, { userId, repaired }] of journal.inserted) {
    const found = after.rows.get(tag)?.rest.split("\t")[1];
    if (found !== userId && !(named.has(tag) && found === repaired))
      problems.push(`${tag} is ${found}, not ${userId}`);
  }
  for (const tag of after.rows.keys())
    if (!before.rows.has(tag) && !journal.inserted.has(tag)) problems.push(`${tag} is new`);
  return problems;
}

/** Whether the row belongs to somebody to whom a writer has given a new row with the subject. */
function isHeldBack(tag: string, { size, journal }: Evidence): boolean {
  const [, table, number] = /^(\w+?)-(\d+)$/.exec(tag) ?? [];
  if (!["users", "runs", "steps", "comments", "accounts", "orders"].includes(table ?? "")) return false;
  const n = Number(number) % size.subjects;
  return isHeld(n) && journal.held.has(n);
}
