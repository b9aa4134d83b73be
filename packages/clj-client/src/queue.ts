import { CljClientError } from "./error.ts";

/**
 * Creates a bounded queue: `inFlight` tasks run at once, `waiting` more may wait in order of arrival. When it is full, a
 * task fails at once with `overloaded`. A waiting task whose signal aborts leaves the queue at once and rejects with the
 * signal's reason. `counts` tells how many tasks run and wait.
 */
export function createQueue({ inFlight, waiting }: { inFlight: number; waiting: number }) {
  let running = 0;
  const waiters = new Set<() => void>(); // in order of arrival

  async function takeSlot(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (running < inFlight) {
      running++;
      return;
    }
    if (waiters.size >= waiting) throw new CljClientError("overloaded", "too many calls are waiting");
    let leave = () => {};
    const slot = new Promise<void>((resolve, reject) => {
      leave = () => {
        waiters.delete(resolve);
        reject(signal.reason);
      };
      waiters.add(resolve);
      signal.addEventListener("abort", leave, { once: true });
    });
    await slot.finally(() => signal.removeEventListener("abort", leave));
  }

  function releaseSlot(): void {
    const [next] = waiters;
    if (next === undefined) {
      running--;
      return;
    }
    waiters.delete(next);
    next(); // the next task takes over the slot, so `running` stays the same
  }

  async function run<T>(signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    await takeSlot(signal);
    try {
      return await task();
    } finally {
      releaseSlot();
    }
  }

  return Object.assign(run, { counts: () => ({ active: running, waiting: waiters.size }) });
}
