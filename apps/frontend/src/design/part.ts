import { type ComponentType, useEffect, useSyncExternalStore } from "react";
import { newestVersion } from "./newest-version.ts";

/** `failed`: the code did not arrive. `outdated`: it never will, because a newer version was deployed. */
export type PartState<Props> =
  | { readonly status: "waiting" | "failed" | "outdated" }
  | { readonly status: "ready"; readonly Component: ComponentType<Props> };

/** A component whose code is loaded when it is needed. */
export interface Part<Props> {
  /** Loads the code ahead of its use. A failure is neither reported nor remembered. */
  preload(): Promise<void>;
  /** Loads the code, and after a failure tries again. */
  load(): Promise<PartState<Props>>;
  current(): PartState<Props>;
  subscribe(onChange: () => void): () => void;
}

/** As many failures in a row have no other explanation, while the app itself can be loaded. */
const MANY_FAILURES = 2;

/** @param fetchCode imports the component */
export function createPart<Props>(fetchCode: () => Promise<ComponentType<Props>>): Part<Props> {
  let state: PartState<Props> = { status: "waiting" };
  let arriving: Promise<void> | null = null;
  let loading: Promise<PartState<Props>> | null = null;
  let failures = 0;
  const listeners = new Set<() => void>();
  const become = (next: PartState<Props>) => {
    state = next;
    for (const listener of listeners) listener();
  };
  const fetchOnce = () => {
    arriving ??= fetchCode()
      .then((Component) => become({ status: "ready", Component }))
      .finally(() => {
        arriving = null;
      });
    return arriving;
  };
  const isReady = () => state.status === "ready";
  const whyMissing = async () => {
    const version = await newestVersion();
    failures = version === "unknown" ? 0 : failures + 1;
    return version === "other" || failures >= MANY_FAILURES ? "outdated" : "failed";
  };
  const attempt = async () => {
    if (isReady()) return state;
    try {
      await fetchOnce();
    } catch {
      const status = await whyMissing();
      if (!isReady()) become({ status });
    }
    return state;
  };
  return {
    async preload() {
      if (!isReady()) await fetchOnce().catch(() => {});
    },
    load() {
      // Failures are counted, so calls at the same time are one attempt.
      loading ??= attempt().finally(() => {
        loading = null;
      });
      return loading;
    },
    current: () => state,
    subscribe(onChange) {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
  };
}

export function usePart<Props>(part: Part<Props>): PartState<Props> {
  useEffect(() => void part.load(), [part]);
  return useSyncExternalStore(part.subscribe, part.current);
}
