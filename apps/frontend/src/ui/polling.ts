import { useState } from "react";
import { RunsError } from "../runs.ts";
import { type AppReason, FAULTS, type Fault, faultOf, isOutage } from "./faults.ts";

/** How often an answer is asked for again. With the 5 s of a cached membership a removed person sees it within 10 s. */
export const POLL_MS = 3_000;
/** How often while a run goes on, which is watched. */
export const UNFINISHED_POLL_MS = 1_500;
/** What platform-api asks for after RATE_LIMITED. */
const RATE_LIMITED_MS = 60_000;

export function faultFor(reason: AppReason): Fault {
  return FAULTS[reason];
}

/** When to ask again after the last error, if asking can mend it; `usualMs` after an answer. */
export function pollAfter(error: unknown, usualMs = POLL_MS): number | false {
  if (error === null) return usualMs;
  const reason = faultOf(error);
  if (reason === "RATE_LIMITED") return RATE_LIMITED_MS;
  return faultFor(reason).watch === undefined ? false : POLL_MS;
}

/** agentic-backend is asked once more before anybody is told of an outage; the SDK does so by itself. */
export function retryOnce(failures: number, error: Error): boolean {
  return failures < 1 && error instanceof RunsError && isOutage(faultOf(error));
}

/** The error of a query that has no answer yet; the query itself forgets it whenever it asks again. */
export function useSteadyError({
  status,
  error,
}: {
  readonly status: string;
  readonly error: unknown;
}): unknown {
  const [steady, setSteady] = useState<unknown>(null);
  const now = status === "pending" ? steady : error;
  if (now !== steady) setSteady(now);
  return now;
}
