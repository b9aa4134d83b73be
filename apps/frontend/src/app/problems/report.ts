import type { AppReason } from "./problems.ts";

/** What support needs to find a problem in the logs. */
export interface Report {
  readonly reason: AppReason;
  /** The address of the sign-in. */
  readonly email: string | null;
  readonly at: Date;
  readonly requestId: string | null;
}

/** The text that "Copy details" copies. */
export function reportText({ reason, email, at, requestId }: Report): string {
  const lines = [
    ["Reason", reason],
    ["Address", email],
    ["Time", at.toISOString()],
    ["Request", requestId],
    ["Page", location.pathname],
  ];
  return lines.flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`])).join("\n");
}

/** Where to ask for help. A new mail already contains the report. */
export function supportLink(supportUrl: string, report: Report): string {
  if (!supportUrl.startsWith("mailto:") || supportUrl.includes("?")) return supportUrl;
  return `${supportUrl}?body=${encodeURIComponent(`\n\n${reportText(report)}`)}`;
}
