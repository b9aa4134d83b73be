// @vitest-environment happy-dom
import { act } from "react";
import { createRoot } from "react-dom/client";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { RunList } from "./run-list.tsx";
import type { Run } from "./runs-client.ts";

const RUN = { title: "Count", status: "queued", createdAt: "2026-01-01T00:00:00.000Z" } as const;

beforeAll(() => void vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true));
afterAll(() => void vi.unstubAllGlobals());

it("shows who started a run, if it is known", () => {
  const container = document.body.appendChild(document.createElement("div"));
  const root = createRoot(container);
  const runs: Run[] = [
    { ...RUN, id: "run-2", startedBy: "jane@acme.example" },
    { ...RUN, id: "run-1", title: "\u202eCount" },
  ];
  act(() => root.render(<RunList organizationId="acme" runs={runs} focused={null} />));
  const rows = [...container.querySelectorAll("li")].map((row) => row.textContent);
  expect(rows).toEqual([
    expect.stringMatching(/ by jane@acme\.example$/),
    expect.not.stringContaining(" by "),
  ]);
  const titles = [...container.querySelectorAll("a")].map((link) => link.textContent);
  expect(titles).toEqual(["Count", "Count"]);
  act(() => root.unmount());
});
