/** How a request to an upstream ended. */
export type UpstreamOutcome = "ok" | "failed";

/**
 * Receives every finished request to an upstream. Must not throw.
 * @param ms how long it took, its attempts and their pauses included
 */
export type OnUpstream<Operation extends string> = (
  operation: Operation,
  outcome: UpstreamOutcome,
  ms: number,
) => void;

/** Does the work, and reports how it ended and how long it took. */
export async function timed<T>(
  work: () => Promise<T>,
  done: (outcome: UpstreamOutcome, ms: number) => void,
): Promise<T> {
  const beganMs = performance.now();
  let outcome: UpstreamOutcome = "failed";
  try {
    const result = await work();
    outcome = "ok";
    return result;
  } finally {
    done(outcome, performance.now() - beganMs);
  }
}
