import { useState } from "react";
import { RunsError } from "../runs.ts";
import { faultFor, faultOf, isOutage } from "./fault-of.ts";
import type { AppReason } from "./faults.ts";

/** How often an answer is asked for again. With the 5 s of a cached membership a removed person sees it within 10 s. */
export const POLL_MS = 3_000;
/** How often while a run goes on, which is watched. */
export const UNFINISHED_POLL_MS = 1_500;
/** What platform-api asks for after RATE_LIMITED. */
const RATE_LIMITED_MS = 60_000;

/** When to ask again after the last error, if asking can mend it; `usualMs` after an answer. */
export function pollAfter(error: unknown, usualMs = POLL_MS): number | false {
  if (error === null) return usualMs;
  const reason = faultOf(error);
  if (reason === "RATE_LIMITED") return RATE_LIMITED_MS;
  return faultFor(reason).watch === undefined ? false : POLL_MS;
}

/**
 * agentic-backend is asked once more before anybody is told of an outage; the SDK does so by itself. Not after it was
 * waited for in vain: the person has waited long enough.
 */
export function retryOnce(failures: number, error: Error): boolean {
  if (!(error instanceof RunsError) || isTimeout(error.cause)) return false;
  return failures < 1 && isOutage(faultOf(error));
}

function isTimeout(cause: unknown): boolean {
  return cause instanceof DOMException && cause.name === "TimeoutError";
}

/** Why a query has no answer yet; the query itself forgets it whenever it asks again. */
export function useSteadyFault(query: {
  readonly status: string;
  readonly error: unknown;
}): AppReason | null {
  const [steady, setSteady] = useState<unknown>(null);
  const now = query.status === "pending" ? steady : query.error;
  if (now !== steady) setSteady(now);
  return now === null ? null : faultOf(now);
}
