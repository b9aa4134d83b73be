import { CljClientError } from "./error.ts";

/**
 * Runs `work` under a signal that aborts after `ms` or together with `parent`, whichever is first; its `reason`
 * then says which. No timer and no listener outlives the work.
 */
export async function within<T>(
  ms: number,
  parent: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const end = new AbortController();
  const expire = () => end.abort(new CljClientError("transport", `no complete reply within ${ms} ms`));
  const timer = setTimeout(expire, ms);
  // Not by `AbortSignal.any`, which Node has from 20.3 on.
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
