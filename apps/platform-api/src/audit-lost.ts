import type { AuditEntry } from "@platform-api/server/domain";
import type { Logger } from "pino";

/** Writes to the log what could not be written to the audit, for the operator to see to. */
export function auditLogger(
  logger: Logger,
): Record<"auditLost" | "auditUnsure", (entry: AuditEntry, cause: unknown) => void> {
  const write = (event: string, message: string) => (entry: AuditEntry, cause: unknown) => {
    const { subject, holder } = entry;
    const loggable = { ...entry, subject: withoutAddress(subject), holder: withoutAddress(holder) };
    const problem = cause instanceof Error ? cause.message : "unknown";
    logger.error({ event, entry: loggable, problem }, message);
  };
  return {
    auditLost: write("audit_lost", "an audit entry could not be appended"),
    auditUnsure: write("audit_unsure", "a change may have been stored, and the audit does not say so"),
  };
}

/** A SAML subject may hold an address as its NameID, and no address goes to the log. */
function withoutAddress(subject: string | null): string | null {
  return subject?.replace(/[^|]*@.*/s, "(an address)") ?? null;
}
