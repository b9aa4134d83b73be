import { getEventListeners } from "node:events";
import { expect, it } from "vitest";
import { within } from "./deadline.ts";

it.each([
  ["done", () => Promise.resolve()],
  ["failed", () => Promise.reject(new Error("failed"))],
])("leaves no timer and no listener behind work that is %s", async (_, work) => {
  const timers = () => process.getActiveResourcesInfo().filter((type) => type === "Timeout").length;
  const { signal } = new AbortController();
  const before = timers();
  const running = within(60_000, signal, work);
  expect([timers(), getEventListeners(signal, "abort").length]).toEqual([before + 1, 1]);
  await running.catch(() => {});
  expect([timers(), getEventListeners(signal, "abort").length]).toEqual([before, 0]);
});
