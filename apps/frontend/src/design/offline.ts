/** Whether the browser knows that it has no network. With one, what it asks can be down or out of reach all the same. */
export function isOffline(): boolean {
  return navigator.onLine === false;
}
