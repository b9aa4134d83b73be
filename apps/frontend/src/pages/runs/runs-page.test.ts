// @vitest-environment happy-dom
import { expect, it } from "vitest";
import type { Run } from "./runs-client.ts";
import { finishedPage } from "./runs-page.tsx";

const page = (...statuses: Run["status"][]) => ({
  runs: statuses.map((status) => ({ id: status, title: "A run", status, createdAt: "2026-01-01T00:00:00Z" })),
  nextCursor: null,
});
const finished = page("succeeded", "cancelled");
const PAGES = { pages: [finished, finished, page("succeeded", "running")], pageParams: [null, "a", "b"] };

it.each([
  ["the first page, where new runs appear", null, undefined],
  ["an older page of finished runs", "a", finished],
  ["an older page with an unfinished run", "b", undefined],
  ["an unknown page", "c", undefined],
])("finishedPage for %s is $2", (_, cursor, kept) => {
  expect(finishedPage(PAGES, cursor)).toBe(kept);
});
