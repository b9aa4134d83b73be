import type { Clock } from "../clock.ts";

const ANSWER_MS = 5_000;

/**
 * What the store says, for a page of metrics: it is asked when the page is read, and not more often than `everyMs`. The page
 * never waits, and goes on from the last answer while there is none.
 * @returns null before the first answer
 */
export function askedWhenRead<Answer>(
  ask: (signal: AbortSignal) => Promise<Answer>,
  everyMs: number,
  clock: Clock,
): () => { readonly answer: Answer } | null {
  let last: { readonly answer: Answer } | null = null;
  let askedMs = Number.NEGATIVE_INFINITY;
  return () => {
    if (clock.monotonicMs() - askedMs >= everyMs) {
      askedMs = clock.monotonicMs();
      ask(AbortSignal.timeout(ANSWER_MS)).then(
        (answer) => {
          last = { answer };
        },
        () => {},
      );
    }
    return last;
  };
}
