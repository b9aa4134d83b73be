// @vitest-environment happy-dom
import { act, type RenderResult, render } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Announcer, announce } from "../../design/announcer.tsx";
import { BehindProblem } from "../routing/page.tsx";
import { appAt } from "../session/app-context.fixture.ts";
import { AppContext } from "../session/app-context.ts";
import { ProblemNotice } from "./notice.tsx";
import type { AppReason } from "./problems.ts";

const app = appAt("http://127.0.0.1:1");
let shown: RenderResult;

beforeEach(() => {
  vi.useFakeTimers();
  shown = render(<Announcer />);
});
afterEach(() => {
  shown.unmount();
  vi.runAllTimers();
  vi.useRealTimers();
});

function show(reason: AppReason | null, { isHidden = false, isGone = false, leftAt = "" } = {}): void {
  const left = leftAt === "" ? {} : { organization: "Acme", hasLeft: true, leftAt };
  shown.rerender(
    <AppContext value={app}>
      <BehindProblem value={isHidden}>
        {!isGone && <ProblemNotice reason={reason} {...left} onTryNow={() => {}} />}
      </BehindProblem>
      <Announcer />
    </AppContext>,
  );
}

const said = () => document.querySelector("[role=status]")?.textContent;

it.each<[AppReason, RegExp, string]>([
  ["RUNS_UNAVAILABLE", /^Runs are unavailable/, "Working again"],
  ["MEMBERSHIP_REMOVED", /^You were removed/, "The problem is solved"],
])("ProblemNotice announces %s and its end", (reason, problem, end) => {
  show(reason);
  expect(said()).toMatch(problem);
  show(null);
  expect(said()).toBe(end);
});

it("ProblemNotice over an open run says that its user left and when, and reports no problem", () => {
  show("MEMBERSHIP_REMOVED", { leftAt: "2026-11-25T12:00:00Z" });
  expect(said()).toMatch(/^You left Acme\. Your membership ended on Nov 25, 2026, /);
  expect(document.querySelector("code")).toBeNull();
  show("MEMBERSHIP_REMOVED");
  expect(document.querySelector("code")?.textContent).toBe("MEMBERSHIP_REMOVED");
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
  act(() => void vi.advanceTimersByTime(7_000));
  act(() => void announce("Copied"));
  act(() => void vi.advanceTimersByTime(1_000));
  expect(said()).toBe("Copied");
  act(() => void vi.advanceTimersByTime(7_000));
  expect(said()).toBe("");
});
