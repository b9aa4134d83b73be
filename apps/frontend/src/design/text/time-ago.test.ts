import { expect, it } from "vitest";
import { exactTime, timeFrom } from "./time-ago.tsx";

const now = new Date("2026-06-15T12:00:00Z");

it.each([
  ["2026-06-15T11:59:31Z", "just now"],
  ["2026-06-15T12:00:20Z", "in a moment"],
  ["2026-06-15T11:59:00Z", "1 minute ago"],
  ["2026-06-15T09:00:00Z", "3 hours ago"],
  ["2026-06-16T11:00:00Z", "in 23 hours"],
  ["2026-06-14T12:00:00Z", "yesterday"],
  ["2026-06-10T12:00:00Z", "5 days ago"],
])("timeFrom shows %s as %s", (date, text) => {
  expect(timeFrom(new Date(date), now)).toBe(text);
});

it("exactTime names the zone of the reader", () => {
  expect(exactTime("2026-06-15T12:00:00Z")).toMatch(/^Jun 1[456], 2026, \d{1,2}:\d\d [AP]M \S+$/);
});
