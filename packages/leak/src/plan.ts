import type { PlanRules } from "./changes.ts";
import { lockFile } from "./file-lock.ts";
import { type Catalog, LeakProblem, type LeakSource, type Resolution, type Resolve } from "./model.ts";
import { PlanWriter, type VerifiedPlan } from "./plan-file.ts";
import { idOf, type Knowledge, type PlanningOptions, type PlanSum } from "./plan-output.ts";
import { type Collected, collect, refuseExisting, removeFile, type Subjects, stopIf } from "./plan-part.ts";
import { writeRows } from "./plan-rows.ts";

export interface PlanOptions extends PlanningOptions {
  readonly file: string;
  readonly resolve: Resolve;
  /** `link`: what the directory alone knows is left out. */
  readonly only: "link" | null;
  /** Told once, where it goes on with what was read before. */
  readonly onResumed?: (begunAt: string) => void;
}

/** A store that has no rules beside those of a row. */
export const NO_RULES: PlanRules = {
  ties: [],
  judge: async (_table, rows) => rows.map(() => null),
  parents: async (_tie, rows) => rows.map(() => null),
  byHand: (table) => `Change it in ${table.name}.`,
  notes: () => [],
};

const RESOLVED_TOGETHER = 100;

/**
 * Writes a plan. It reads the store once, and what it has read is kept beside the plan until that is whole.
 * @throws {LeakProblem}
 */
export async function makePlan(options: PlanOptions, signal: AbortSignal): Promise<PlanSum> {
  const { file, source, report } = options;
  const part = `${file}.part`;
  const release = lockFile(file);
  try {
    await refuseExisting(file, source);
    const collected = await collect(part, source, report, signal, options.onResumed);
    const known = await know(collected, options, signal);
    const writer = await PlanWriter.create(file, headerOf(source.catalog));
    try {
      const sum = await writeRows(part, known, options, writer, signal);
      await writer.seal();
      await removeFile(part);
      return sum;
    } finally {
      await writer.close();
      await removeFile(`${file}.new`);
    }
  } catch (error) {
    stopIf(signal);
    throw error;
  } finally {
    release();
  }
}

function headerOf({ store, label, place, schemas, skipped, fingerprint }: Catalog) {
  const madeAt = new Date().toISOString();
  return { kind: "plan", version: 1, store, label, place, schemas, skipped, fingerprint, madeAt } as const;
}

async function know(
  { subjects, personal }: Collected,
  { source, resolve, only, report }: PlanOptions,
  signal: AbortSignal,
): Promise<Knowledge> {
  const columns = [...subjects.values()].flatMap((all) => [...all.values()]);
  const users = await resolveAll(new Set(columns.flatMap((all) => [...all])), resolve, report, signal);
  if (only === "link") {
    for (const [subject, user] of users)
      if (user.userId !== null && user.by !== "link")
        users.set(subject, { userId: null, why: ONLY_BY_DIRECTORY });
  }
  const aliases = new Map<string, string[]>();
  for (const [subject, { userId }] of users)
    if (userId !== null) aliases.set(userId, [...(aliases.get(userId) ?? []), subject]);
  const present = await findPresent(subjects, users, source, signal);
  return { users, aliases, present, personal };
}

const ONLY_BY_DIRECTORY = "the directory alone knows it, and --only link leaves such subjects out";

async function resolveAll(
  all: Iterable<string>,
  resolve: Resolve,
  report: PlanOptions["report"],
  signal: AbortSignal,
): Promise<Map<string, Resolution>> {
  const users = new Map<string, Resolution>();
  const sorted = [...all].sort();
  for (let at = 0; at < sorted.length; at += RESOLVED_TOGETHER) {
    stopIf(signal);
    const some = sorted.slice(at, at + RESOLVED_TOGETHER);
    const found = await resolve(some, signal);
    for (const subject of some)
      users.set(subject, found.get(subject) ?? { userId: null, why: "nobody knows it" });
    report({ what: "subjects resolved", done: users.size, all: sorted.length });
  }
  return users;
}

/**
 * Asks again whose the subjects of a plan are: since it was made, one can have become somebody else's.
 * @throws {LeakProblem} one of them is somebody else's, or nobody's
 */
export async function resolveAgain(
  { users }: Pick<VerifiedPlan, "users">,
  { resolve, report }: Pick<PlanOptions, "resolve" | "report">,
  signal: AbortSignal,
): Promise<void> {
  const others: string[] = [];
  const nobodys: string[] = [];
  for (const [subject, { userId }] of await resolveAll(users.keys(), resolve, report, signal)) {
    if (userId === null) nobodys.push(subject);
    else if (userId !== users.get(subject)) others.push(subject);
  }
  if (others.length + nobodys.length === 0) return;
  const changed = [listed(others, "somebody else's now"), listed(nobodys, "nobody's now")].flat().join("; ");
  throw new LeakProblem(
    `some of the subjects are not whose they were when this was planned: ${changed}. Plan again, which leaves the rows of those that are nobody's. Nothing was changed`,
  );
}

const MOST_NAMED = 10;

function listed(subjects: readonly string[], whose: string): readonly string[] {
  if (subjects.length === 0) return [];
  const more = subjects.length > MOST_NAMED ? " …" : "";
  return [`${subjects.length} ${whose} (${subjects.slice(0, MOST_NAMED).join(", ")}${more})`];
}

/** Of each table and column the UUIDs that it has beside the subjects. */
async function findPresent(
  subjects: Subjects,
  users: ReadonlyMap<string, Resolution>,
  source: LeakSource,
  signal: AbortSignal,
): Promise<Knowledge["present"]> {
  const present = new Map<string, ReadonlySet<string>>();
  for (const table of source.catalog.tables) {
    for (const [column, found] of subjects.get(table.name) ?? []) {
      const ids = [...new Set([...found].map((subject) => users.get(subject)?.userId ?? null))].filter(
        (id) => id !== null,
      );
      stopIf(signal);
      // All at once, because a store may have to read the whole table to answer.
      const known =
        ids.length === 0 ? new Set<string>() : await source.findUserIds(table, column, ids, signal);
      present.set(idOf(table.name, column), known);
    }
  }
  return present;
}
