import type { Page } from "@platform-api/client";
import { errorReason } from "../../app/problems/error-reason.ts";
import { rateLimitMs } from "../../app/problems/polling.ts";
import type { AuditEntry } from "./entry-shape.ts";

export interface ExportOptions {
  readonly load: (at: { readonly cursor?: string }, signal: AbortSignal) => Promise<Page<AuditEntry>>;
  /** Called after each page with the number of entries so far. */
  readonly onProgress: (count: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Every entry of a list as NDJSON: one a line, as the server sends it. Where the server limits the rate, it waits as long
 * as that asks for: a list of more than 12,000 entries takes minutes.
 * @throws the error of a page; then there is no export, because a part of it could be taken for the whole
 */
export async function exportEntries({ load, onProgress, signal }: ExportOptions): Promise<readonly string[]> {
  const lines: string[] = [];
  let cursor: string | null = null;
  do {
    signal.throwIfAborted();
    const page: Page<AuditEntry> = await loadInTurn(load, cursor === null ? {} : { cursor }, signal);
    lines.push(...page.items.map((entry) => `${JSON.stringify(entry)}\n`));
    onProgress(lines.length);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return lines;
}

/** The page, after the wait that the server asks for where it limits the rate. */
async function loadInTurn(
  load: ExportOptions["load"],
  at: { readonly cursor?: string },
  signal: AbortSignal,
): Promise<Page<AuditEntry>> {
  for (;;) {
    try {
      return await load(at, signal);
    } catch (error) {
      if (errorReason(error) !== "RATE_LIMITED") throw error;
      await rest(rateLimitMs(error), signal);
    }
  }
}

/** @throws the reason of the signal when it aborts */
function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    const cancel = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    signal.addEventListener("abort", cancel, { once: true });
  });
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
