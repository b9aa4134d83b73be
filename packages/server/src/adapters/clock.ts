/**
 * Two clocks. Claims carry wall time, which an operator or NTP may step. Ages and waits are measured on a clock that
 * only runs forward.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  wallMs(): number;
  /** Milliseconds since an arbitrary moment. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
