import { expect, it } from "vitest";
import { pageOf, runIdOf } from "./path.ts";

it.each([
  ["/runs/run-1", "run-1"],
  ["/runs/a%2Fb", "a/b"],
  ["/runs/%", null],
  ["/runs/%E0%A4%A", null],
  ["/runs/", null],
  ["/runs/a/b", null],
  ["/account", null],
])("runIdOf('%s') is %s", (path, id) => {
  expect(runIdOf(path)).toBe(id);
});

it.each([
  ["/", "/"],
  ["/organizations/", "/organizations"],
  ["/runs/run-1//", "/runs/run-1"],
])("pageOf('%s') is %s", (path, page) => {
  expect(pageOf(path)).toBe(page);
});
