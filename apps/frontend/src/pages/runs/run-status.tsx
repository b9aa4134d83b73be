import type { RunStatus as Status } from "./runs-client.ts";

export const STATUS_NAMES = {
  queued: "Queued",
  running: "Running",
  waiting: "Needs approval",
  succeeded: "Succeeded",
  failed: "Failed",
  cancelled: "Cancelled",
  stopped: "Stopped",
} as const satisfies Record<Status, string>;

/** Whether it never changes again. One that failed can be retried. */
export function isFinal({ status }: { readonly status: Status }): boolean {
  return status === "succeeded" || status === "cancelled" || status === "stopped";
}

/** Whether it goes on by itself. */
export function isWorking({ status }: { readonly status: Status }): boolean {
  return status === "queued" || status === "running";
}

export function RunStatus({ status }: { readonly status: Status }) {
  return (
    <span className="status" data-status={status}>
      <StatusGlyph status={status} />
      {STATUS_NAMES[status]}
    </span>
  );
}

const GLYPHS: Readonly<Partial<Record<Status, string>>> = {
  waiting: "M6.500 6v4M9.500 6v4",
  succeeded: "m5.300 8.200 1.900 1.900 3.600-3.900",
  failed: "M8 5v3.300M8 10.900h.01",
  cancelled: "m6 6 4 4M10 6l-4 4",
  stopped: "M6.300 6.300h3.400v3.400h-3.400z",
};

export function StatusGlyph({ status }: { readonly status: Status }) {
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
      {GLYPHS[status] !== undefined && <path d={GLYPHS[status]} />}
    </svg>
  );
}
