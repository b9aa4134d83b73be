import { type DynamoTable, dynamoAudit } from "@platform-api/server/adapters";
import { type AuditEntry, auditEntry, Refusal } from "@platform-api/server/domain";
import { CommandFailure, type Terminal } from "./terminal.ts";

/** What a command has done, without who ran it. */
export type Deed = Pick<AuditEntry, "at" | "action"> & Partial<Omit<AuditEntry, "actor">>;

/**
 * Appends what a command has done; `told` is the same in words.
 * @throws {CommandFailure} telling it, and the entries that are missing now
 */
export async function recordDeeds(
  deeds: readonly Deed[],
  { table, terminal, told }: { table: DynamoTable; terminal: Terminal; told: string },
  signal: AbortSignal,
): Promise<void> {
  const audit = dynamoAudit(table);
  const entries = deeds.map((deed) => auditEntry({ ...deed, actor: `operator:${terminal.operator}` }));
  const outcomes = await Promise.allSettled(entries.map((entry) => audit.append(entry, signal)));
  const missing = entries.filter((_, index) => outcomes[index]?.status === "rejected");
  if (missing.length === 0) return;
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  const why = failed?.reason instanceof Refusal ? failed.reason.message : "unknown";
  const lines = missing.map((entry) => `\n  ${JSON.stringify(entry)}`).join("");
  throw new CommandFailure(`${told} But the audit does not say so (${why}); it lacks:${lines}`);
}
