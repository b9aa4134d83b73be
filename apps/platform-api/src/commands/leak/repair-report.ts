import type { ApplyReport, ChangeReport, PlanSum, VerifiedUndo } from "@platform-api/leak";
import { formatTable, printable } from "../../terminal/terminal.ts";
import type { StoreOptions } from "./leak-store.ts";

/** What a plan names and what it leaves, in words. */
export function planWords(
  file: string,
  store: StoreOptions,
  { rows, tables, conflicts, notes }: PlanSum,
): string {
  const stay = conflicts.reduce((sum, one) => sum + one.conflicts, 0);
  const parts = [
    `${file}: ${count(rows, "row")} can be changed, ${count(stay, "conflict")} to decide.\n`,
    ...(tables.length === 0
      ? []
      : [
          formatTable(
            ["TABLE", "ROWS"],
            tables.map((one) => [one.table, `${one.rows}`]),
          ),
        ]),
    ...(conflicts.length === 0 ? [] : [conflictWords(conflicts)]),
    ...notes.map((note) => `Note: ${note}\n`),
    ...(rows === 0 ? [] : [nextWords(file, store)]),
  ];
  return parts.join("\n");
}

function nextWords(file: string, { postgres, dynamodb }: StoreOptions): string {
  if (postgres === undefined && dynamodb === undefined)
    return "Read the plan; the program that owns the file changes its lines, by their numbers in the plan.\n";
  const store = dynamodb === undefined ? "--postgres <url>" : `--dynamodb ${dynamodb}`;
  return `Read the plan, then: platform-api leak apply ${file} ${store}\n`;
}

/** By the rule, because one thing is often in the way of many tables. */
function conflictWords(conflicts: PlanSum["conflicts"]): string {
  const lines = [...Map.groupBy(conflicts, ({ rule }) => rule)].map(([rule, all]) => {
    const number = all.reduce((sum, one) => sum + one.conflicts, 0);
    const tables = all.map(({ table, conflicts: rows }) => `${table} (${rows})`).join(", ");
    return `  ${rule}: ${number.toLocaleString("en-US")} in ${printable(tables)}\n    ${printable(all[0]?.example ?? "")}\n`;
  });
  return `Conflicts, with an example of each rule; the plan has them all:\n${lines.join("")}`;
}

export function applyWords({ left, ...report }: ApplyReport, undo: string): string {
  const parts = [
    `${changedWords(report, "changed")} The way back: platform-api leak undo ${undo}\n`,
    ...refusedWords(report),
    ...(left === null ? [] : [leftWords(left)]),
  ];
  return parts.join("\n");
}

/** Of a plan whose subjects nobody was asked about again. */
export function notAskedWords(problems: readonly string[]): string {
  return `Not asked who they are now, because platform-api's own variables are not set here: ${problems.join("; ")}. `;
}

export function undoWords(report: ChangeReport, undo: Pick<VerifiedUndo, "rows" | "header">): string {
  return [`${changedWords(report, "changed back")} ${namedWords(undo)}\n`, ...refusedWords(report)].join(
    "\n",
  );
}

/** How many rows of its plan an undo file names: a batch that was tried twice is in it twice. */
export function namedOf({ rows, header }: Pick<VerifiedUndo, "rows" | "header">) {
  return { named: Math.min(rows, header.rows), planned: header.rows };
}

/** A copy of before a later \`apply\` ends as well as the whole file does: only the number tells. */
function namedWords(undo: Pick<VerifiedUndo, "rows" | "header">): string {
  const { named, planned } = namedOf(undo);
  const words = `The undo file names ${named.toLocaleString("en-US")} of the ${count(planned, "row")} of the plan`;
  if (named === planned) return `${words}.`;
  return `${words}: the others were not changed by it, or only by an \`apply\` after this copy of it was made, which only a later copy takes back.`;
}

/** What is not known of an undo file without its last line. */
export function unended(undo: VerifiedUndo): string {
  const { named, planned } = namedOf(undo);
  return `The undo file has no end: \`leak apply\` did not come to its end, or the file was cut since. It names ${named.toLocaleString("en-US")} of the ${count(planned, "row")} of the plan; what else was changed can only be taken back by a whole copy of it.`;
}

/** Why a command that changes rows is not a success; null where it is. */
export function problemsOf({ isStopped, refused, left }: ApplyReport, command: string): string | null {
  if (isStopped) return "stopped. Run the same command again: it goes on, and changes nothing twice";
  if (refused.length > 0)
    return `PostgreSQL or DynamoDB has refused some rows: see why above, then run \`leak ${command}\` again`;
  if (left !== null && left.length > 0) {
    return "subjects are left: the plan says which rows stay and why; for what was written meanwhile, make a new one with `leak plan`";
  }
  return null;
}

function changedWords({ changed, changedBefore, skipped }: ChangeReport, what: string): string {
  const [before, others] = [changedBefore, skipped].map((one) => one.toLocaleString("en-US"));
  return `${count(changed, "row")} ${what}; ${before} had been ${what} before; ${others} no longer ${skipped === 1 ? "holds" : "hold"} what the file says, and ${skipped === 1 ? "stays" : "stay"} as ${skipped === 1 ? "it is" : "they are"}.`;
}

function refusedWords({ refused }: ChangeReport): string[] {
  if (refused.length === 0) return [];
  const lines = refused.map(({ table, why, rows, examples }) => {
    const keys = examples.map((key) => JSON.stringify(key)).join(", ");
    return `  ${printable(`${table}: ${count(rows, "row")}: ${why} (${keys}${rows > examples.length ? " …" : ""})`)}\n`;
  });
  return [`Refused, and unchanged:\n${lines.join("")}`];
}

function leftWords(left: NonNullable<ApplyReport["left"]>): string {
  if (left.length === 0) return "The planned tables were read again: no subject is left in them.\n";
  const rows = left.map(({ table, column, rows: number, subjects }) => [
    table,
    column,
    `${number}`,
    `${subjects}`,
  ]);
  return `The planned tables were read again. Subjects are left in:\n${formatTable(["TABLE", "COLUMN", "ROWS", "SUBJECTS"], rows)}`;
}

export function count(number: number, what: string): string {
  return `${number.toLocaleString("en-US")} ${what}${number === 1 ? "" : "s"}`;
}
