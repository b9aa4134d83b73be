import { CljClientError } from "./error.ts";

/**
 * Runs `work` under a signal that aborts after `ms` or together with `parent`, whichever is first; its `reason`
 * then says which. No timer outlives the work.
 */
export async function within<T>(
  ms: number,
  parent: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const expire = () => deadline.abort(new CljClientError("transport", `no complete reply within ${ms} ms`));
  const timer = setTimeout(expire, ms);
  try {
    return await work(AbortSignal.any(parent ? [parent, deadline.signal] : [deadline.signal]));
  } finally {
    clearTimeout(timer);
  }
}
