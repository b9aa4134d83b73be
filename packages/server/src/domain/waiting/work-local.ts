import type { AsyncLocalStorage } from "node:async_hooks";

/**
 * A value that belongs to the running work. In a browser, where the SDK's mocks run these rules, no work has one: there it
 * would only serve caches and logs.
 */
export function workLocal<T>(): Pick<AsyncLocalStorage<T>, "getStore" | "run"> {
  const node = globalThis.process?.getBuiltinModule?.("node:async_hooks");
  if (node !== undefined) return new node.AsyncLocalStorage<T>();
  return { getStore: () => undefined, run: (_: T, work: () => unknown) => work() as never };
}
