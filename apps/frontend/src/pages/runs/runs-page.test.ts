// @vitest-environment happy-dom
import { expect, it } from "vitest";
import { aRun } from "./run.fixture.ts";
import type { RunStatus } from "./runs-client.ts";
import { finishedPage } from "./runs-page.tsx";

const page = (...statuses: RunStatus[]) => ({
  runs: statuses.map((status) => aRun({ id: status, status })),
  nextCursor: null,
  canFail: false,
});
const finished = page("succeeded", "cancelled", "stopped");
const PAGES = {
  pages: [finished, finished, page("succeeded", "waiting"), page("failed")],
  pageParams: [null, "a", "b", "c"],
};

it.each([
  ["the first page, where new runs appear", null, undefined],
  ["an older page of finished runs", "a", finished],
  ["an older page with an unfinished run", "b", undefined],
  ["an older page with a run that can be retried", "c", undefined],
  ["an unknown page", "d", undefined],
])("finishedPage for %s is $2", (_, cursor, kept) => {
  expect(finishedPage(PAGES, cursor)).toBe(kept);
});
