/** A request is answered within 3 s. The rest of that time is for the answer of a server that is short of CPU time. */
const REQUEST_DEADLINE_MS = 2_700;

/** Requests that start within this time share a signal, because a timer for each would cost as much as its answer. */
const SHARED_MS = 10;

let latest: { readonly signal: AbortSignal; readonly startMs: number; isOfThisTurn: boolean } | undefined;

/**
 * Aborts at the deadline of a request that starts now, at most 10 ms early. The requests of one turn of the event loop
 * start together, however long it takes: all of them had come when it began.
 */
export function requestSignal(): AbortSignal {
  const nowMs = performance.now();
  if (latest === undefined || (!latest.isOfThisTurn && nowMs - latest.startMs >= SHARED_MS)) {
    const begun = {
      signal: AbortSignal.timeout(REQUEST_DEADLINE_MS),
      startMs: nowMs,
      isOfThisTurn: true,
    };
    latest = begun;
    setImmediate(() => {
      begun.isOfThisTurn = false;
    });
  }
  return latest.signal;
}
