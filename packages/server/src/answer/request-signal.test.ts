import { setImmediate as turnOfLoop } from "node:timers/promises";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { requestSignal } from "./request-signal.ts";

const timeout = vi.spyOn(AbortSignal, "timeout");
const now = vi.spyOn(performance, "now");
let ms = performance.now();

beforeEach(async () => {
  await turnOfLoop();
  ms += 20; // later than any signal of another test
  now.mockImplementation(() => ms);
  timeout.mockClear();
});
afterEach(() => void now.mockReset());

it("a request has 2.7 s, and shares them with one that begins within 10 ms", async () => {
  const signal = requestSignal();
  await turnOfLoop();
  ms += 9;
  expect(requestSignal()).toBe(signal);
  ms += 1;
  expect(requestSignal()).not.toBe(signal);
  expect(timeout.mock.calls).toEqual([[2_700], [2_700]]);
});

it("T8N: the requests of one turn of the event loop share them, however long it takes", async () => {
  const signal = requestSignal();
  ms += 300;
  expect(requestSignal()).toBe(signal);
  await turnOfLoop();
  expect(requestSignal()).not.toBe(signal);
});
