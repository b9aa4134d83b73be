import { ManagementError } from "./management-error.ts";

/**
 * Runs `work` with a signal that aborts after `ms` or together with `parent`. The signal's `reason` says which came
 * first. No timer and no listener outlives the work.
 */
export async function within<T>(
  ms: number,
  parent: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const end = new AbortController();
  const expire = () => end.abort(new ManagementError("transport", "Auth0 did not answer in time"));
  const timer = setTimeout(expire, ms);
  const leave = () => end.abort(parent?.reason);
  if (parent?.aborted) leave();
  parent?.addEventListener("abort", leave, { once: true });
  try {
    return await work(end.signal);
  } finally {
    clearTimeout(timer);
    parent?.removeEventListener("abort", leave);
  }
}

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
    return within(leftMs(), signal, (limit) => work(limit, leftMs));
  };
}
