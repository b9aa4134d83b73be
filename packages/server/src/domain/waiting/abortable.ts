/**
 * The outcome of `work`, or a rejection with the signal's reason if it aborts first. The work goes on for other callers.
 * It has a listener of its own because `AbortSignal.any` over a timeout may never fire (nodejs/node#57736).
 */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
  });
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/**
 * Gives `work` one signal, which aborts after `ms` or with `signal`, for the reason of the first, and when the work fails:
 * what else of it runs ends too. No timer and no listener outlives the work. It is made by hand also because
 * `AbortSignal.any` over `AbortSignal.timeout` takes about a tenth of the CPU time of a request to the store, and more while
 * old signals wait for the garbage collector.
 */
export async function within<T>(
  ms: number,
  signal: AbortSignal | undefined,
  work: (limit: AbortSignal) => Promise<T>,
  expired: () => Error = () => new DOMException("no reply in time", "TimeoutError"),
): Promise<T> {
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(expired()), ms);
  const onAbort = () => end.abort(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) onAbort();
  try {
    return await work(end.signal);
  } catch (error) {
    end.abort(error);
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

/** Waits so long. @throws the signal's reason if it aborts first */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await abortable(over, signal).finally(() => clearTimeout(timer));
}
