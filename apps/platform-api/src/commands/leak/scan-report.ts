import type { ColumnReport, ScanReport } from "@platform-api/leak";
import { formatTable, printable } from "../../terminal/terminal.ts";

const MOST_REASONS = 20;
const HEADINGS = ["TABLE", "COLUMN", "ROWS", "SUBJECTS", "BY LINK", "BY DIRECTORY", "UNKNOWN", "ALSO UUID"];

/** @param unresolved why nobody knows whose the subjects are; null where that was asked */
export function scanWords(report: ScanReport, unresolved: readonly string[] | null): string {
  const found = report.columns.filter(({ subjects }) => subjects > 0);
  const parts = [
    `${report.label}: ${count(report.rows, "row")} of ${count(report.tables, "table")} read, ${count(report.subjects, "subject")} found.\n`,
    ...(found.length === 0
      ? []
      : [
          formatTable(
            HEADINGS,
            found.map((column) => rowOf(column, unresolved === null)),
          ),
        ]),
    ...(found.length === 0 || unresolved === null ? [] : [unresolvedWords(unresolved)]),
    ...(unresolved === null ? explanations(report, found) : []),
    ...byHand(found),
    ...resembling(report.columns),
    ...report.notes.map((note) => `Note: ${note}\n`),
  ];
  return parts.map((part) => part).join("\n");
}

function rowOf(column: ColumnReport, isAsked: boolean): string[] {
  const { table, column: name, rows, subjects, byLink, byDirectory, unknown, alsoByUserId } = column;
  return [
    table,
    name,
    ...[rows, subjects].map((one) => `${one}`),
    ...[byLink, byDirectory, unknown, alsoByUserId].map((one) => (isAsked ? `${one}` : "not asked")),
  ];
}

function unresolvedWords(problems: readonly string[]): string {
  const lines = problems.map((problem) => `  ${problem}\n`);
  return `Whose they are was not asked, because platform-api's own variables are not set here:\n${lines.join("")}`;
}

function explanations({ unknown }: ScanReport, found: readonly ColumnReport[]): string[] {
  const reasons = unknown
    .slice(0, MOST_REASONS)
    .map(({ why, subjects }) => `  ${subjects}: ${printable(why)}\n`);
  const isMerged = found.some(({ alsoByUserId }) => alsoByUserId > 0);
  return [
    ...(reasons.length === 0 ? [] : [`Unknown subjects, by the reason:\n${reasons.join("")}`]),
    ...(isMerged
      ? [
          "ALSO UUID counts the people who have rows under their UUID as well: theirs are merged, not renamed.\n",
        ]
      : []),
  ];
}

function byHand(found: readonly ColumnReport[]): string[] {
  const tables = [...new Set(found.filter((one) => one.isByHand).map(({ table }) => printable(table)))];
  if (tables.length === 0) return [];
  return [`Without a primary key, so that their rows must be changed by hand: ${tables.join(", ")}\n`];
}

function resembling(columns: readonly ColumnReport[]): string[] {
  const lines = columns
    .filter((column) => column.resembling > 0)
    .map((column) => `  ${printable(`${column.table}.${column.column}`)}: ${column.resembling}\n`);
  if (lines.length === 0) return [];
  return [
    `Values that only look like a subject (another strategy, or inside a text), and are left alone:\n${lines.join("")}`,
  ];
}

function count(number: number, what: string): string {
  return `${number.toLocaleString("en-US")} ${what}${number === 1 ? "" : "s"}`;
}
