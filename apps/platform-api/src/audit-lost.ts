import type { AuditEntry } from "@platform-api/server/domain";
import type { Logger } from "pino";

/** Writes to the log what could not be written to the audit, for the operator to see to. */
export function auditLostLogger(logger: Logger): (entry: AuditEntry, cause: unknown) => void {
  return (entry, cause) => {
    const { subject, holder } = entry;
    const loggable = { ...entry, subject: withoutAddress(subject), holder: withoutAddress(holder) };
    const problem = cause instanceof Error ? cause.message : "unknown";
    logger.error({ event: "audit_lost", entry: loggable, problem }, "an audit entry could not be appended");
  };
}

/** A SAML subject may hold an address as its NameID, and no address goes to the log. */
function withoutAddress(subject: string | null): string | null {
  return subject?.replace(/[^|]*@.*/s, "(an address)") ?? null;
}
