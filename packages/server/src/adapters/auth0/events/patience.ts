import { randomInt } from "node:crypto";
import { sleep, TooManyDeletions } from "../../../domain/index.ts";
import { ManagementError } from "../management-error.ts";

const FIRST_PAUSE_MS = 250;
/** No pause helps against these: Auth0 does not accept the client, or lacks a grant of it. */
const FATAL_STATUSES = [401, 403];

export interface Patience {
  /** The longest pause after a failure. */
  readonly maxPauseMs: number;
  readonly onFailure: (failure: { readonly cause: unknown; readonly pauseMs: number }) => void;
}

/**
 * @param failures in a row, this one included
 * @returns how long to wait, in milliseconds: longer each time, and as long as Auth0 asks for
 * @throws the error, where no pause helps
 */
export function pauseAfter(error: unknown, failures: number, { maxPauseMs, onFailure }: Patience): number {
  const problem = managementErrorOf(error);
  if (error instanceof TooManyDeletions || FATAL_STATUSES.includes(problem?.status ?? 0)) throw error;
  const atLeastMs = problem?.retryAfterMs ?? 0;
  const longestMs = Math.min(maxPauseMs, FIRST_PAUSE_MS * 2 ** Math.min(failures, 20));
  const pauseMs = Math.max(atLeastMs, randomInt(Math.ceil(longestMs / 2), longestMs + 1));
  onFailure({ cause: error, pauseMs });
  return pauseMs;
}

/** Repeats `work`, which ends or fails, with pauses that grow while it only fails. It never returns. */
export async function repeat(
  patience: Patience,
  work: (worked: () => void) => Promise<void>,
  signal: AbortSignal,
): Promise<never> {
  const betweenMs = Math.min(FIRST_PAUSE_MS, patience.maxPauseMs);
  for (let failures = 0; ; ) {
    let pauseMs = 0;
    try {
      await work(() => {
        failures = 0;
      });
    } catch (error) {
      signal.throwIfAborted();
      failures += 1;
      pauseMs = pauseAfter(error, failures, patience);
    }
    await sleep(Math.max(pauseMs, randomInt(betweenMs + 1)), signal);
  }
}

function managementErrorOf(error: unknown): ManagementError | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof ManagementError) return cause;
  return null;
}
