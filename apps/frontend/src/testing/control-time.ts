import { vi } from "vitest";

/**
 * From now on timers run as usual, and can be made to run early by `vi.advanceTimersByTimeAsync`. Call it before the app is
 * opened: a timer that was set before could not be cleared.
 */
export function controlTime(): void {
  vi.useFakeTimers({
    shouldAdvanceTime: true,
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"],
  });
}
