import { useState } from "react";
import { type AppReason, FAULTS, type Fault, faultOf } from "../faults.ts";

/** How often an answer is asked for again: a person who was removed must see it within 10 s. */
export const POLL_MS = 4_000;

export function faultFor(reason: AppReason): Fault {
  return FAULTS[reason];
}

/** Whether it is worth asking again although the last answer was this error. */
export function isWatched(error: unknown): boolean {
  return faultFor(faultOf(error)).watch !== undefined;
}

/** Once more before anybody is told, and only after an outage. */
export function retryOnce(failures: number, error: Error): boolean {
  return failures < 1 && faultFor(faultOf(error)).watch === "outage";
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
