import type { Clock } from "../clock.ts";

/** Between two questions to the store, however often the page is read. */
const ASK_AGAIN_MS = 60_000;
const ANSWER_MS = 5_000;

/**
 * How long no recheck of the domains has got to its end, in milliseconds: 0 while none is verified by DNS, null before the
 * first answer. It asks when it is read, never waits, and goes on from the last answer while the store has none.
 * @param uncheckedSince as a time (ISO 8601, UTC); null while no domain is verified by DNS
 */
export function recheckAge(
  uncheckedSince: (signal: AbortSignal) => Promise<string | null>,
  clock: Clock,
): () => number | null {
  let last: { readonly since: string | null } | null = null;
  let askedMs = Number.NEGATIVE_INFINITY;
  return () => {
    if (clock.monotonicMs() - askedMs >= ASK_AGAIN_MS) {
      askedMs = clock.monotonicMs();
      uncheckedSince(AbortSignal.timeout(ANSWER_MS)).then(
        (since) => {
          last = { since };
        },
        () => {},
      );
    }
    if (last === null) return null;
    return last.since === null ? 0 : Math.max(0, clock.wallMs() - Date.parse(last.since));
  };
}
