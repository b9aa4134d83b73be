import { CljClientError } from "./error.ts";

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
  const expire = () => end.abort(new CljClientError("transport", `no complete reply within ${ms} ms`));
  const timer = setTimeout(expire, ms);
  // Not `AbortSignal.any`, which Node has since 20.3.
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
