import { retryAfterMs } from "@platform-api/client";
import { useEffect, useEffectEvent, useState } from "react";
import { errorReason, isOutage, problemFor } from "./error-reason.ts";
import type { AppReason } from "./problems.ts";
import { RunsError } from "./runs-error.ts";

/** The usual interval. Together with 5 s of cached membership, a removed user sees the removal within 10 s. */
export const POLL_MS = 3_000;
/** The interval while a run is unfinished. */
export const UNFINISHED_POLL_MS = 1_500;
/** The longest wait that platform-api asks for after RATE_LIMITED: it counts by the minute. */
const RATE_LIMITED_MS = 60_000;

/** How long to wait after RATE_LIMITED. Errors of agentic-backend do not say it. */
export function rateLimitMs(error: unknown): number {
  return Math.max(1_000, retryAfterMs(error) ?? RATE_LIMITED_MS);
}

/** When to poll again: false if polling cannot fix the error, `usualMs` if there was no error. */
export function pollAfter(error: unknown, usualMs = POLL_MS): number | false {
  if (error === null) return usualMs;
  const reason = errorReason(error);
  if (reason === "RATE_LIMITED") return rateLimitMs(error);
  return problemFor(reason).watch === undefined ? false : POLL_MS;
}

/** The interval of a query that is not polled: only an error that polling can fix is. */
export function pollWhileFailing({ state }: { readonly state: { readonly error: unknown } }): number | false {
  return state.error === null ? false : pollAfter(state.error);
}

/** Repeats what has failed with an error that waiting can fix, unless that is happening. */
export function useRepeat(error: unknown, repeat: () => void, isTrying = false): void {
  const repeatNow = useEffectEvent(repeat);
  useEffect(() => {
    const afterMs = error !== null && !isTrying && pollAfter(error);
    if (afterMs === false) return;
    const timer = setTimeout(() => repeatNow(), afterMs);
    return () => clearTimeout(timer);
  }, [error, isTrying]);
}

/**
 * Retries agentic-backend once before an outage is shown. The SDK does the same for platform-api. A timeout is not
 * retried, because the user has already waited.
 */
export function retryOnce(failures: number, error: Error): boolean {
  if (!(error instanceof RunsError) || isTimeout(error.cause)) return false;
  return failures < 1 && isOutage(errorReason(error));
}

function isTimeout(cause: unknown): boolean {
  return cause instanceof DOMException && cause.name === "TimeoutError";
}

interface Failing {
  readonly status: string;
  readonly error: unknown;
}

/** The last error, kept while the query retries. The query itself clears it. */
export function useSteadyError(query: Failing): unknown {
  const [steady, setSteady] = useState<unknown>(null);
  const now = query.status === "pending" ? steady : query.error;
  if (now !== steady) setSteady(now);
  return now;
}

/** The reason for the last error, kept while the query retries. */
export function useSteadyReason(query: Failing): AppReason | null {
  const now = useSteadyError(query);
  return now === null ? null : errorReason(now);
}

/** How long to wait before showing "Taking longer than usual". */
const USUAL_MS = 4_000;

/** Whether the component has been waiting for longer than usual. */
export function useIsLate(): boolean {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), USUAL_MS);
    return () => clearTimeout(timer);
  }, []);
  return isLate;
}
