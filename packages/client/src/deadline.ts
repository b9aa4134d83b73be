/** Timers hold no longer time: beyond it they fire at once. */
export const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** What `fetch` and its kind call it when the time is up. */
export function timeoutError(message: string): DOMException {
  return new DOMException(message, "TimeoutError");
}

/** @throws what the work throws, and a TimeoutError when it takes longer; the work itself goes on */
export function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(timeoutError(`not done within ${timeoutMs} ms`)), timeoutMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
