// @vitest-environment happy-dom
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Announcer, announce } from "./announcer.tsx";
import { appAt } from "./app-context.fixture.ts";
import { AppContext } from "./app-context.ts";
import type { AppReason } from "./faults.ts";
import { FaultNotice } from "./notice.tsx";
import { BehindFault } from "./page.tsx";

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
        <BehindFault value={isHidden}>
          {!isGone && <FaultNotice reason={reason} onTryNow={() => {}} />}
        </BehindFault>
        <Announcer />
      </AppContext>,
    ),
  );
}

const said = () => document.querySelector("[role=status]")?.textContent;

it("is read aloud when it comes, and when what it says is over", () => {
  show("RUNS_UNAVAILABLE");
  expect(said()).toMatch(/^Runs are not available/);
  show(null);
  expect(said()).toBe("It works again");
});

it("is not read aloud while a fault stands before it", () => {
  show("RUNS_UNAVAILABLE", { isHidden: true });
  show(null, { isHidden: true });
  expect(said()).toBe("");
  show("RUNS_UNAVAILABLE", { isHidden: true });
  show("RUNS_UNAVAILABLE");
  expect(said()).toMatch(/^Runs are not available/);
});

it("does not outlive the part of the page that it was about", () => {
  show("RUNS_UNAVAILABLE");
  show("RUNS_UNAVAILABLE", { isGone: true });
  expect(said()).toBe("");
});

it("is taken back after some seconds, and nothing that was said since", () => {
  show("RUNS_UNAVAILABLE");
  act(() => vi.advanceTimersByTime(7_000));
  act(() => void announce("Copied"));
  act(() => vi.advanceTimersByTime(1_000));
  expect(said()).toBe("Copied");
  act(() => vi.advanceTimersByTime(7_000));
  expect(said()).toBe("");
});
