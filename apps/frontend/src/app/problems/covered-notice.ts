import { createContext, useContext, useState } from "react";
import { isOutage } from "./error-reason.ts";
import type { AppReason } from "./problems.ts";

/** The problem that the bar above the page shows. Null if there is no bar. */
export const BarProblem = createContext<AppReason | null>(null);

/** `retrying`: the bar has gone, and the first attempt after it is in progress. */
export type Cover = "none" | "covered" | "retrying";

interface Situation {
  /** Null when nothing is wrong. */
  readonly reason: AppReason | null;
  readonly bar: AppReason | null;
  readonly isTrying: boolean;
}

/**
 * While the bar shows an outage of everything, a notice that one part is out says less, and that the rest works, which is not
 * so. A notice that was covered waits for the next attempt after the outage, so that it does not flash up.
 */
export function coverAfter(before: Cover, { reason, bar, isTrying }: Situation): Cover {
  if (reason === null) return "none";
  if (reason === bar || (bar !== null && isOutage(bar) && isOutage(reason))) return "covered";
  if (isTrying && before !== "none") return "retrying";
  return before === "covered" ? "covered" : "none";
}

/** Whether the bar above the page already says what a notice would. */
export function useIsCovered(reason: AppReason | null, isTrying: boolean): boolean {
  const bar = useContext(BarProblem);
  const [cover, setCover] = useState<Cover>("none");
  const now = coverAfter(cover, { reason, bar, isTrying });
  if (now !== cover) setCover(now);
  return now !== "none";
}
