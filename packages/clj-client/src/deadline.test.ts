import { expect, it } from "vitest";
import { within } from "./deadline.ts";

it.each([
  ["done", () => Promise.resolve()],
  ["failed", () => Promise.reject(new Error("failed"))],
])("leaves no timer behind work that is %s", async (_, work) => {
  const timers = () => process.getActiveResourcesInfo().filter((type) => type === "Timeout").length;
  const before = timers();
  const running = within(60_000, undefined, work);
  expect(timers()).toBe(before + 1);
  await running.catch(() => {});
  expect(timers()).toBe(before);
});
