/** Named as what `fetch` rejects with. React Native has no `DOMException`. */
export function namedError(name: "AbortError" | "TimeoutError", message: string): Error {
  return Object.assign(new Error(message), { name });
}

/**
 * Rejects with a TimeoutError after `timeoutMs`, and otherwise settles like the work. The timeout does not stop the
 * work.
 */
export function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(namedError("TimeoutError", `not done within ${timeoutMs} ms`)),
      timeoutMs,
    );
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Rejects when the signal aborts, and otherwise settles like the work. The signal does not stop the work. */
export function waitFor<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    signal.addEventListener("abort", leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}

/** The part of Node's response that matters here: it closes when the client disconnects and when all is sent. */
interface Closing {
  readonly destroyed: boolean;
  once(event: "close", listener: () => void): unknown;
}

/** Aborts when the client has disconnected. The request's own `close` only says that the request was read. */
export function hangUpSignal(response: Closing): AbortSignal {
  const hangUp = new AbortController();
  if (response.destroyed) hangUp.abort();
  response.once("close", () => hangUp.abort());
  return hangUp.signal;
}
