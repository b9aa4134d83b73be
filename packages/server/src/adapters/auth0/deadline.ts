import { within } from "../../domain/index.ts";
import { ManagementError } from "./management-error.ts";

/** For `within`: the error of a call whose time is up. */
export const expired = () => new ManagementError("transport", "Auth0 did not answer in time");

/** Runs work within the time that is left to all calls with the same signal. */
export type Budget = <T>(
  signal: AbortSignal,
  work: (limit: AbortSignal, leftMs: () => number) => Promise<T>,
) => Promise<T>;

/** @param totalMs for all calls with one signal, from the first of them on */
export function createBudget(totalMs: number): Budget {
  const ends = new WeakMap<AbortSignal, number>();
  return async (signal, work) => {
    const endMs = ends.get(signal) ?? performance.now() + totalMs;
    ends.set(signal, endMs);
    const leftMs = () => Math.max(0, endMs - performance.now());
    return within(leftMs(), signal, (limit) => work(limit, leftMs), expired);
  };
}
