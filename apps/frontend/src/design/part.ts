import { type ComponentType, useEffect } from "react";
import { newestVersion } from "./newest-version.ts";
import { createWatched } from "./watched.ts";

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
  /** For components, which also load it: {@link usePart}. */
  use(): PartState<Props>;
}

/** As many failures in a row have no other explanation, while the app itself can be loaded. */
const MANY_FAILURES = 2;

/** @param fetchCode imports the component */
export function createPart<Props>(fetchCode: () => Promise<ComponentType<Props>>): Part<Props> {
  const state = createWatched<PartState<Props>>({ status: "waiting" });
  let arriving: Promise<void> | null = null;
  let loading: Promise<PartState<Props>> | null = null;
  let failures = 0;
  const fetchOnce = () => {
    arriving ??= fetchCode()
      .then((Component) => state.set({ status: "ready", Component }))
      .finally(() => {
        arriving = null;
      });
    return arriving;
  };
  const isReady = () => state.get().status === "ready";
  const whyMissing = async () => {
    const version = await newestVersion();
    failures = version === "unknown" ? 0 : failures + 1;
    return version === "other" || failures >= MANY_FAILURES ? "outdated" : "failed";
  };
  const attempt = async () => {
    if (isReady()) return state.get();
    try {
      await fetchOnce();
    } catch {
      const status = await whyMissing();
      if (!isReady()) state.set({ status });
    }
    return state.get();
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
    current: state.get,
    use: state.use,
  };
}

export function usePart<Props>(part: Part<Props>): PartState<Props> {
  useEffect(() => void part.load(), [part]);
  return part.use();
}
