import { expect, it, vi } from "vitest";
import { requestSignal } from "./request-signal.ts";

it("a request has 2.7 s, and shares them with one that begins within 10 ms", () => {
  const beganMs = performance.now() + 20; // later than any signal of another test
  const timeout = vi.spyOn(AbortSignal, "timeout");
  const now = vi.spyOn(performance, "now").mockReturnValue(beganMs);
  const signal = requestSignal();
  now.mockReturnValue(beganMs + 9);
  expect(requestSignal()).toBe(signal);
  now.mockReturnValue(beganMs + 10);
  expect(requestSignal()).not.toBe(signal);
  expect(timeout.mock.calls).toEqual([[2_700], [2_700]]);
  now.mockRestore();
  timeout.mockRestore();
});
