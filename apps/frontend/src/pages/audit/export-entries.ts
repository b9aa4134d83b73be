import type { Page } from "@platform-api/client";
import type { AuditEntry } from "./entry-shape.ts";

export interface ExportOptions {
  readonly load: (at: { readonly cursor?: string }, signal: AbortSignal) => Promise<Page<AuditEntry>>;
  /** Called after each page with the number of entries so far. */
  readonly onProgress: (count: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Every entry of a list as NDJSON: one a line, as the server sends it.
 * @throws the error of a page; then there is no export, because a part of it could be taken for the whole
 */
export async function exportEntries({ load, onProgress, signal }: ExportOptions): Promise<readonly string[]> {
  const lines: string[] = [];
  let cursor: string | null = null;
  do {
    signal.throwIfAborted();
    const page: Page<AuditEntry> = await load(cursor === null ? {} : { cursor }, signal);
    lines.push(...page.items.map((entry) => `${JSON.stringify(entry)}\n`));
    onProgress(lines.length);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return lines;
}

/** Such as `acme-audit-2026-11-25.ndjson`. The day is the reader's. */
export function exportName(organizationId: string, now: Date): string {
  const day = [now.getFullYear(), now.getMonth() + 1, now.getDate()]
    .map((part) => String(part).padStart(2, "0"))
    .join("-");
  return `${organizationId.replaceAll(/[^\w.-]+/g, "-")}-audit-${day}.ndjson`;
}

/** Hands a file to the browser's downloads. */
export function download(name: string, lines: readonly string[]): void {
  const url = URL.createObjectURL(new Blob([...lines], { type: "application/x-ndjson" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads the file after this task.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
