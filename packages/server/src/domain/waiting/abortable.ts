/**
 * The outcome of `work`, or a rejection with the signal's reason if it aborts first. The work goes on for other callers.
 * It has a listener of its own because `AbortSignal.any` over a timeout may never fire (nodejs/node#57736).
 */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([aborted.promise, work]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
