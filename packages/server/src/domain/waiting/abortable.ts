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

/** Waits so long. @throws the signal's reason if it aborts first */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await abortable(over, signal).finally(() => clearTimeout(timer));
}
