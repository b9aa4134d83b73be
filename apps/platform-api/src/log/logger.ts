import type { AuditTroubles } from "@platform-api/server/adapters";
import { type AuditEntry, causeOf } from "@platform-api/server/domain";
import { type BufferedAccessLog, createAccessLog } from "@platform-api/server/http";
import { type DestinationStream, type Logger, pino } from "pino";
import { type LossyLog, stdoutLog } from "./lossy-log.ts";

const SERVICE = "platform-api";

/** Writes one JSON object a line, to stdout by default. */
export function createLogger(level: string, destination: DestinationStream = stdoutLog()): Logger {
  const options = {
    level,
    base: { service: SERVICE },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(options, destination);
}

/** How many lines could not be written so far. */
export function linesLostBy(logger: Logger): number {
  return destinationOf(logger).lost ?? 0;
}

function destinationOf(logger: Logger): DestinationStream & Partial<Pick<LossyLog, "writeNow" | "lost">> {
  return Reflect.get(logger, pino.symbols.streamSym);
}

/** Logs one line per answer where `logger` writes; none if its level is above info. */
export function accessLogger(logger: Logger, answers: "all" | "refused"): BufferedAccessLog {
  const destination = destinationOf(logger);
  const isOn = logger.isLevelEnabled("info");
  const log = createAccessLog({
    service: SERVICE,
    answers,
    write: (lines) => void (isOn && destination.write(lines)),
  });
  return {
    ...log,
    flush() {
      log.flush();
      destination.writeNow?.();
    },
  };
}

/** Logs audit entries that are not stored, or may not be, so that operators can keep them. */
export function auditLogger(logger: Logger): AuditTroubles {
  const write = (event: string, message: string) => (entry: AuditEntry, cause: unknown) => {
    const { subject, holder } = entry;
    const loggable = { ...entry, subject: withoutAddress(subject), holder: withoutAddress(holder) };
    const problem = cause instanceof Error ? cause.message : "unknown";
    logger.error({ event, entry: loggable, problem }, message);
  };
  return {
    auditLost: write("audit_lost", "an audit entry could not be appended"),
    auditUnsure: write("audit_unsure", "a change may have been stored, with its audit entry"),
  };
}

/** A SAML subject may hold an address as its NameID, and no address goes to the log. */
function withoutAddress(subject: string | null): string | null {
  return subject?.replace(/[^|]*@.*/s, "(an address)") ?? null;
}

/** An error as a field of a log line. */
export function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const code = causeOf(error);
  return code === null ? error.message : `${error.message} (${code})`;
}
