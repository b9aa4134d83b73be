import type { Run } from "./runs-client.ts";

export const STATUS_NAMES = {
  queued: "Queued",
  running: "Running",
  succeeded: "Succeeded",
  cancelled: "Cancelled",
} as const satisfies Record<Run["status"], string>;

export function isFinished({ status }: Run): boolean {
  return status === "succeeded" || status === "cancelled";
}

export function RunStatus({ status }: { readonly status: Run["status"] }) {
  return (
    <span className="status" data-status={status}>
      <StatusGlyph status={status} />
      {STATUS_NAMES[status]}
    </span>
  );
}

export function StatusGlyph({ status }: { readonly status: Run["status"] }) {
  return (
    <svg
      className="icon status-glyph"
      data-status={status}
      width="16"
      height="16"
      viewBox="0 0 16 16"
      aria-hidden="true"
    >
      <circle cx="8" cy="8" r="6" className="status-ring" />
      {status === "running" && <path d="M8 2a6 6 0 0 1 6 6" className="status-arc" />}
      {status === "cancelled" && <path d="m6 6 4 4M10 6l-4 4" />}
      {status === "succeeded" && <path d="m5.300 8.200 1.900 1.900 3.600-3.900" />}
    </svg>
  );
}
