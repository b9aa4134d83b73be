import { CljClientError } from "./error.ts";

export interface QueueOptions {
  /** How many tasks run at once. */
  readonly inFlight: number;
  /** How many more may wait for a place, in order of arrival. */
  readonly waiting: number;
}

/** Runs a task as soon as it has a place. */
export type Queue = <T>(signal: AbortSignal, task: () => Promise<T>) => Promise<T>;

/**
 * A bounded queue. A task that finds it full is refused at once, `overloaded`; one whose signal aborts leaves
 * its place in the queue to others at once, and rejects with the signal's reason.
 */
export function createQueue({ inFlight, waiting }: QueueOptions): Queue {
  let running = 0;
  const waiters = new Set<() => void>(); // in order of arrival

  async function takePlace(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (running < inFlight) {
      running++;
      return;
    }
    if (waiters.size >= waiting) throw new CljClientError("overloaded", "too many calls are waiting");
    let leave = () => {};
    const place = new Promise<void>((resolve, reject) => {
      leave = () => {
        waiters.delete(resolve);
        reject(signal.reason);
      };
      waiters.add(resolve);
      signal.addEventListener("abort", leave, { once: true });
    });
    await place.finally(() => signal.removeEventListener("abort", leave));
  }

  function leavePlace(): void {
    const [next] = waiters;
    if (next === undefined) {
      running--;
      return;
    }
    waiters.delete(next);
    next(); // the place passes on: `running` stays
  }

  return async (signal, task) => {
    await takePlace(signal);
    try {
      return await task();
    } finally {
      leavePlace();
    }
  };
}
