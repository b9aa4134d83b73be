import { csvLines, MOST_ROWS } from "../../app/files/csv.ts";
import { fileName } from "../../app/files/download.ts";
import { type LoadAllOptions, loadAll } from "../../app/files/load-all.ts";
import type { Exported } from "../../app/files/use-export.ts";
import { changesOf } from "./details.ts";
import { type AuditEntry, userOfActor } from "./entry-shape.ts";
import { entryCount } from "./export-entries.ts";
import { type Names, nameOfOther } from "./parts.ts";
import { labelOf, sentenceOf } from "./words.ts";

interface TableOptions extends Omit<LoadAllOptions<AuditEntry>, "atMost"> {
  /** What the file is named after, before its time. */
  readonly about: readonly string[];
  readonly findNames: (entries: readonly AuditEntry[], signal: AbortSignal) => Promise<Names>;
  /** Called where the file is full, with the time of the newest entry that is not in it. */
  readonly onCut: (until: string) => void;
}

/** The latest entries as a table, with the sentences of the page, and all that these name. */
export async function exportTable({ about, findNames, onCut, ...options }: TableOptions): Promise<Exported> {
  const { items } = await loadAll({ ...options, atMost: MOST_ROWS + 1 });
  const { entries, until } = ofOneFile(items);
  const names = await findNames(entries, options.signal);
  options.signal.throwIfAborted();
  if (until !== null) onCut(until);
  const name = fileName(about, "csv", new Date());
  const which = until === null ? "" : "the latest ";
  return {
    name,
    type: "text/csv",
    lines: auditTable(entries, names),
    toast: { text: `Exported ${which}${entryCount(entries.length)} to ${name}` },
  };
}

/**
 * Those of one file. Entries of one time are in the same one, so that the next one, which ends with this time, has each of
 * the others once.
 */
export function ofOneFile<Entry extends Pick<AuditEntry, "at">>(items: readonly Entry[]) {
  const until = items[MOST_ROWS]?.at ?? null;
  return { entries: items.filter(({ at }) => until === null || at > until), until };
}

const HEADER = [
  "Time (UTC)",
  "What happened",
  "Action",
  "Done by",
  "Address",
  "User ID",
  "About",
  "Address",
  "User ID",
  "What changed",
  "Connection",
  "Domain",
  "Application",
  "Batch ID",
  "Entry ID",
];

/** The lines of a CSV file. */
export function auditTable(entries: readonly AuditEntry[], names: Names): readonly string[] {
  const rows = entries.map((entry) => cellsOf(entry, names));
  return csvLines(HEADER, rows);
}

function cellsOf(entry: AuditEntry, names: Names): readonly string[] {
  const { id, at, actor, via, action, userId, connection, domain, invitationId, batchId } = entry;
  const changes = changesOf(entry).map(({ name, value }) => `${name}: ${value}`);
  const doneBy = userOfActor(actor);
  const invitee = invitationId === null || userId !== null ? "" : names.invitee(invitationId);
  return [
    at,
    sentenceOf(entry, names),
    labelOf(action),
    ...(doneBy === null ? [nameOfOther(actor), "", ""] : personCells(doneBy, names)),
    ...(userId === null ? ["", invitee, ""] : personCells(userId, names)),
    changes.join("; "),
    connection === null ? "" : names.connection(connection),
    domain ?? "",
    via ?? "",
    batchId ?? "",
    id,
  ];
}

function personCells(userId: string, names: Names): readonly string[] {
  const { name, address } = names.user(userId);
  return [name ?? "", address, userId];
}
