import { expect, it } from "vitest";
import { pageOf, pathOf, placeOf } from "./path.ts";

it.each([
  ["/o/acme/runs", ["acme", "runs", null]],
  ["/o/acme/runs/run-1", ["acme", "runs", "run-1"]],
  ["/o/a%2Fb/runs/c%2Fd", ["a/b", "runs", "c/d"]],
  ["/o/acme/runs/%", null],
  ["/o/%E0%A4%A/runs", null],
  ["/o/acme", ["acme", "runs", null]],
  ["/o", null],
  ["/o/acme/runs/a/b", null],
  ["/account", null],
])("placeOf('%s') is %j", (path, expected) => {
  const place = placeOf(path);
  expect(place && [place.organizationId, place.page, place.rest]).toEqual(expected);
});

it("pathOf is the inverse of placeOf", () => {
  const place = { organizationId: "a/b c", page: "runs", rest: "d?e" };
  expect(placeOf(pathOf(place.organizationId, place.page, place.rest))).toEqual(place);
  expect(pathOf("acme", "members")).toBe("/o/acme/members");
});

it.each([
  ["/", "/"],
  ["/organizations/", "/organizations"],
  ["/o/acme/runs//", "/o/acme/runs"],
])("pageOf('%s') is %s", (path, page) => {
  expect(pageOf(path)).toBe(page);
});
