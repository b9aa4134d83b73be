// @vitest-environment happy-dom
import { act, createElement } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Time } from "./time-ago.tsx";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-06-15T12:00:00Z") });
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

it("relative times follow one clock, which stops while the page is hidden", () => {
  const visibility = vi.spyOn(document, "visibilityState", "get").mockReturnValue("visible");
  const switchTo = (state: DocumentVisibilityState) =>
    act(() => {
      visibility.mockReturnValue(state);
      document.dispatchEvent(new Event("visibilitychange"));
    });
  const box = document.createElement("div");
  const root = createRoot(box);
  const times = ["2026-06-15T12:00:00Z", "2026-06-15T11:59:00Z"];
  act(() => root.render(times.map((at) => createElement(Time, { key: at, at }))));
  const texts = () => [...box.querySelectorAll("time")].map(({ textContent }) => textContent);
  expect(texts()).toEqual(["just now", "1 minute ago"]);
  expect(vi.getTimerCount()).toBe(1);
  act(() => vi.advanceTimersByTime(60_000));
  expect(texts()).toEqual(["1 minute ago", "2 minutes ago"]);
  switchTo("hidden");
  expect(vi.getTimerCount()).toBe(0);
  act(() => vi.advanceTimersByTime(3_600_000));
  switchTo("visible");
  expect(texts()).toEqual(["1 hour ago", "1 hour ago"]);
  act(() => root.unmount());
  expect(vi.getTimerCount()).toBe(0);
});
