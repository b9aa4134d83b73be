import { monitorEventLoopDelay } from "node:perf_hooks";

export interface LoadBounds {
  /** Requests in work at the same time. 0 turns this bound off. */
  readonly maxInFlight: number;
  /** The 99th percentile of the last second. It counts only beside ten other requests. 0 turns this bound off. */
  readonly maxEventLoopDelayMs: number;
}

export interface LoadShedding {
  /** Whether new requests are refused, so that those in work end in time. */
  isOverloaded(): boolean;
  close(): void;
}

type EventLoopDelay = Pick<
  ReturnType<typeof monitorEventLoopDelay>,
  "enable" | "disable" | "percentile" | "reset"
>;

/** So few take the process no time worth mentioning: what delays it beside them is another process (T8O). */
const TAKEN_THOUGH_DELAYED = 10;
const WINDOW_MS = 1_000;
const RESOLUTION_MS = 20;

/**
 * @param inFlight how many requests are in work now, a new one included
 * @param delay in nanoseconds
 */
export function createLoadShedding(
  { maxInFlight, maxEventLoopDelayMs }: LoadBounds,
  inFlight: () => number,
  delay: EventLoopDelay = monitorEventLoopDelay({ resolution: RESOLUTION_MS }),
): LoadShedding {
  let isDelayed = false;
  /** The most requests that were in work at once in this second. */
  let most = 0;
  const endWindow = () => {
    isDelayed = most > TAKEN_THOUGH_DELAYED && delay.percentile(99) / 1e6 > maxEventLoopDelayMs;
    most = 0;
    delay.reset();
  };
  // Behind all timers: after a delay this one may come before the one that measures it, which a reset would disturb.
  const timer = setInterval(() => setImmediate(endWindow), WINDOW_MS).unref();
  if (maxEventLoopDelayMs > 0) delay.enable();
  else clearInterval(timer);
  return {
    isOverloaded() {
      const count = inFlight();
      most = Math.max(most, count);
      return (isDelayed && count > TAKEN_THOUGH_DELAYED) || (maxInFlight > 0 && count > maxInFlight);
    },
    close() {
      clearInterval(timer);
      delay.disable();
    },
  };
}
