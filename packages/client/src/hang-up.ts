/** What Node's responses are here: they close when the client is gone, and when all is sent. */
interface Closing {
  readonly destroyed: boolean;
  once(event: "close", listener: () => void): unknown;
}

/** Aborts when nobody waits for the response any more. The request's own `close` only says that it was read. */
export function hangUpSignal(response: Closing): AbortSignal {
  const hangUp = new AbortController();
  if (response.destroyed) hangUp.abort();
  response.once("close", () => hangUp.abort());
  return hangUp.signal;
}
