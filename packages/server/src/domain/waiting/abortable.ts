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

/**
 * Gives `work` a signal that aborts with the first of these two, for its reason. No listener outlives the work.
 * {@link abortable} says why it is not `AbortSignal.any`.
 */
export async function untilEither<T>(
  one: AbortSignal,
  other: AbortSignal,
  work: (either: AbortSignal) => Promise<T>,
): Promise<T> {
  const end = new AbortController();
  const onAbort = () => end.abort(one.aborted ? one.reason : other.reason);
  for (const signal of [one, other]) signal.addEventListener("abort", onAbort, { once: true });
  if (one.aborted || other.aborted) onAbort();
  try {
    return await work(end.signal);
  } finally {
    for (const signal of [one, other]) signal.removeEventListener("abort", onAbort);
  }
}
