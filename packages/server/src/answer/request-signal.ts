/** A request is answered within 3 s. The rest of that time is for the answer of a server that is short of CPU time. */
const REQUEST_DEADLINE_MS = 2_700;

/** Requests that start within this time share a signal, because a timer for each would cost as much as its answer. */
const SHARED_MS = 10;

let latest: { readonly signal: AbortSignal; readonly startMs: number } | undefined;

/** Aborts at the deadline of a request that starts now, at most 10 ms early. */
export function requestSignal(): AbortSignal {
  const nowMs = performance.now();
  if (latest === undefined || nowMs - latest.startMs >= SHARED_MS) {
    latest = { signal: AbortSignal.timeout(REQUEST_DEADLINE_MS), startMs: nowMs };
  }
  return latest.signal;
}
