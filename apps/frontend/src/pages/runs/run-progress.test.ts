// @vitest-environment happy-dom
import { expect, it } from "vitest";
import { stepsOf, withoutResult } from "./run-progress.tsx";
import type { Run } from "./runs-client.ts";

it.each<[Run["status"], string]>([
  ["queued", "queued: now, running: later, succeeded: later"],
  ["running", "queued: done, running: now, succeeded: later"],
  ["succeeded", "queued: done, running: done, succeeded: done"],
  ["cancelled", "queued: done, cancelled: ended"],
])("the steps of a %s run are %s", (status, steps) => {
  const shown = stepsOf(status).map((step) => `${step.status}: ${step.state}`);
  expect(shown.join(", ")).toBe(steps);
});

it.each<[Run["status"], RegExp]>([
  ["queued", /when the run has finished/],
  ["running", /when the run has finished/],
  ["cancelled", /Cancelled before/],
  ["succeeded", /no stored result/],
])("a %s run without a result says %s", (status, text) => {
  expect(withoutResult(status)).toMatch(text);
});
