// @vitest-environment happy-dom
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Announcer, announce } from "../design/announcer.tsx";
import { appAt } from "./app-context.fixture.ts";
import { AppContext } from "./app-context.ts";
import { ProblemNotice } from "./notice.tsx";
import { BehindProblem } from "./page.tsx";
import type { AppReason } from "./problems.ts";

const app = appAt("http://127.0.0.1:1");
let root: Root;

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  vi.useFakeTimers();
  root = createRoot(document.body);
});
afterEach(() => {
  act(() => root.unmount());
  vi.runAllTimers();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function show(reason: AppReason | null, { isHidden = false, isGone = false } = {}): void {
  act(() =>
    root.render(
      <AppContext value={app}>
        <BehindProblem value={isHidden}>
          {!isGone && <ProblemNotice reason={reason} onTryNow={() => {}} />}
        </BehindProblem>
        <Announcer />
      </AppContext>,
    ),
  );
}

const said = () => document.querySelector("[role=status]")?.textContent;

it("ProblemNotice announces the problem and the recovery", () => {
  show("RUNS_UNAVAILABLE");
  expect(said()).toMatch(/^Runs are unavailable/);
  show(null);
  expect(said()).toBe("Back online");
});

it("ProblemNotice announces nothing while a problem page hides it", () => {
  show("RUNS_UNAVAILABLE", { isHidden: true });
  show(null, { isHidden: true });
  expect(said()).toBe("");
  show("RUNS_UNAVAILABLE", { isHidden: true });
  show("RUNS_UNAVAILABLE");
  expect(said()).toMatch(/^Runs are unavailable/);
});

it("ProblemNotice retracts its announcement when it is unmounted", () => {
  show("RUNS_UNAVAILABLE");
  show("RUNS_UNAVAILABLE", { isGone: true });
  expect(said()).toBe("");
});

it("an announcement is retracted after 8 s without touching a later one", () => {
  show("RUNS_UNAVAILABLE");
  act(() => vi.advanceTimersByTime(7_000));
  act(() => void announce("Copied"));
  act(() => vi.advanceTimersByTime(1_000));
  expect(said()).toBe("Copied");
  act(() => vi.advanceTimersByTime(7_000));
  expect(said()).toBe("");
});
