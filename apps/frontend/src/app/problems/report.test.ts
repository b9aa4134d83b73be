// @vitest-environment happy-dom
import { expect, it } from "vitest";
import { type Report, reportText, supportLink } from "./report.ts";

const REPORT: Report = {
  reason: "IDENTITY_CONFLICT",
  email: "jane@acme.example",
  at: new Date("2026-11-26T22:00:00Z"),
  requestId: "request-1",
};

it("reportText has a line for everything that is known", () => {
  history.replaceState(null, "", "/o/acme/runs?q=secret");
  const lines = ["Reason: IDENTITY_CONFLICT", "Address: jane@acme.example", "Time: 2026-11-26T22:00:00.000Z"];
  expect(reportText(REPORT)).toBe([...lines, "Request: request-1", "Page: /o/acme/runs"].join("\n"));
  expect(reportText({ ...REPORT, email: null, requestId: null })).not.toMatch(/Address|Request|null/);
});

it.each([
  ["https://help.example/new", "https://help.example/new"],
  ["mailto:help@acme.example?subject=Platform", "mailto:help@acme.example?subject=Platform"],
])("supportLink keeps %s", (given, expected) => {
  expect(supportLink(given, REPORT)).toBe(expected);
});

it("supportLink writes the report into a new mail", () => {
  const link = new URL(supportLink("mailto:help@acme.example", REPORT));
  expect(link.searchParams.get("body")).toContain("Request: request-1");
});
