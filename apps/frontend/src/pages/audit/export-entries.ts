import { fileName } from "../../app/files/download.ts";
import { type LoadAllOptions, loadAll } from "../../app/files/load-all.ts";
import type { Exported } from "../../app/files/use-export.ts";
import type { AuditEntry } from "./entry-shape.ts";

interface ExportOptions extends LoadAllOptions<AuditEntry> {
  /** What the file is named after, before its time. */
  readonly about: readonly string[];
}

/** Every entry as NDJSON: one a line, as the server sends it. */
export async function exportEntries({ about, ...options }: ExportOptions): Promise<Exported> {
  const { items } = await loadAll(options);
  const name = fileName(about, "ndjson", new Date());
  return {
    name,
    type: "application/x-ndjson",
    lines: items.map((entry) => `${JSON.stringify(entry)}\n`),
    toast: { text: `Exported ${entryCount(items.length)} to ${name}` },
  };
}

export function entryCount(count: number): string {
  return count === 1 ? "1 entry" : `${count.toLocaleString("en")} entries`;
}
