import { useSyncExternalStore } from "react";

/** A value outside of React, which components follow. */
export interface Watched<T> {
  get(): T;
  set(next: T): void;
  /** For components. */
  use(): T;
  /** For components that follow a part of it: a primitive, or what stays the same object. */
  useOf<Part>(part: (value: T) => Part): Part;
}

export function createWatched<T>(initial: T): Watched<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  const get = () => value;
  const subscribe = (onChange: () => void) => {
    listeners.add(onChange);
    return () => listeners.delete(onChange);
  };
  return {
    get,
    set(next) {
      value = next;
      for (const listener of listeners) listener();
    },
    use: () => useSyncExternalStore(subscribe, get),
    useOf: (part) => useSyncExternalStore(subscribe, () => part(value)),
  };
}
