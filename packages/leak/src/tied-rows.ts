import type { Objection, Parent, PlannedRow, Tie } from "./changes.ts";

/** A line that may be planned, and what foreign keys say of it. */
export interface Part {
  readonly row: PlannedRow;
  /** Whether its table has a key for it: what has none stays, and is reported elsewhere. */
  readonly isByHand: boolean;
  /** Why it stays; null as long as nothing is known. */
  objection: Objection | null;
  readonly references: readonly Reference[];
  /** Columns that follow a parent by `ON UPDATE CASCADE`. */
  readonly carried: Map<string, Tie>;
}

export interface Reference {
  readonly tie: Tie;
  readonly parent: Parent;
}

/**
 * Decides for the rows of a unit which of them can be changed together. What stays holds its parents, and its children
 * unless what they would refer to exists; so this goes on until nothing more stays.
 */
export function settle(parts: readonly Part[]): void {
  const byKey = new Map(parts.map((part) => [idOf(part.row.table, part.row.key), part]));
  const links = parts.flatMap((child) =>
    child.references.flatMap(({ tie, parent }) => {
      if (parent === null) return [];
      const found =
        parent.key === null ? parentByHand(child, tie, parts) : byKey.get(idOf(tie.parent, parent.key));
      const changes = found?.row.changes.some(({ column }) => tie.parentColumns.includes(column)) ?? false;
      return [{ child, tie, hasNew: parent.hasNew, parent: changes ? (found ?? null) : null }];
    }),
  );
  for (const { tie, parent } of links)
    if (parent !== null && tie.onUpdate === "never") object(parent, held(tie));
  for (let isSettled = false; !isSettled; ) {
    isSettled = true;
    for (const { child, tie, parent, hasNew } of links) {
      if (child.objection === null && !hasNew && (parent === null || parent.objection !== null))
        isSettled = !object(child, orphaned(tie)) && isSettled;
      if (parent !== null && staysBehind(child, tie))
        isSettled = !object(parent, kept(tie, child.row.table)) && isSettled;
    }
  }
  for (const { child, tie, parent } of links)
    if (tie.onUpdate === "cascade" && parent !== null && parent.objection === null)
      for (const column of tie.columns) child.carried.set(column, tie);
}

/** What follows by a cascade stays only where its new value is refused. */
function staysBehind({ objection }: Part, { onUpdate }: Tie): boolean {
  if (objection === null) return false;
  return onUpdate === "keep" || (onUpdate === "cascade" && REFUSED.has(objection.rule));
}

const REFUSED: ReadonlySet<string> = new Set(["unique", "check", "partition-key"]);

function object(part: Part, objection: Objection): boolean {
  if (part.objection !== null) return false;
  part.objection = objection;
  return true;
}

/** Of a row without a key nothing but its subject tells what it refers to. */
function parentByHand({ row }: Part, tie: Tie, parts: readonly Part[]): Part | undefined {
  return parts.find(
    (part) =>
      part.row.table === tie.parent &&
      part.row.changes.some(({ column, subject }) =>
        row.changes.some(
          (change) =>
            change.subject === subject &&
            tie.columns.indexOf(change.column) === tie.parentColumns.indexOf(column),
        ),
      ),
  );
}

function idOf(table: string, key: readonly string[]): string {
  return JSON.stringify([table, key]);
}

function orphaned({ name, parent, isParentSkipped }: Tie): Objection {
  const wants = `Its foreign key ${name} wants a row of ${parent} with the new value, and`;
  const text = isParentSkipped
    ? `${wants} --skip leaves that table out. Plan again without that --skip, or leave the row.`
    : `${wants} that row stays as it is. Decide about the row of ${parent}, then plan again.`;
  return { rule: "foreign-key", text };
}

function kept({ name }: Tie, child: string): Objection {
  return {
    rule: "foreign-key",
    text: `Rows of ${child} refer to it by ${name}, and one of them stays as it is. Decide about that row, then plan again; or let ${name} be ON UPDATE CASCADE.`,
  };
}

function held({ name, child }: Tie): Objection {
  return {
    rule: "foreign-key",
    text: `Rows of ${child} refer to it by ${name}, which refuses every change of it or would empty them. Let ${name} be ON UPDATE CASCADE or NO ACTION, then plan again; or leave them.`,
  };
}
