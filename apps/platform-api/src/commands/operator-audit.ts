import { type AuditEntry, AuditIncomplete, Refusal } from "@platform-api/server/domain";
import { CommandFailure, jsonText } from "./terminal.ts";

/**
 * Handles the failure of a verb whose change was made, and its audit entry was not written.
 * @param summary what was done, as a sentence
 * @throws {CommandFailure} with the summary and the missing entries; any other error as it is
 */
export function reportMissingEntries(
  summary: string | ((missing: readonly AuditEntry[]) => string),
): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof AuditIncomplete)) throw error;
    const { missing, cause } = error;
    const done = typeof summary === "string" ? summary : summary(missing);
    const why = cause instanceof Refusal ? cause.message : "unknown";
    const lines = missing.map((entry) => `\n  ${jsonText(entry)}`).join("");
    const message = `${done} But writing the audit entry failed (${why}). Missing entries:${lines}`;
    throw new CommandFailure(message, { cause: error });
  };
}
