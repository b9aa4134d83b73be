// @vitest-environment happy-dom
import { act, render } from "@testing-library/react";
import { createElement } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Time } from "./time-ago.tsx";

beforeEach(() => void vi.useFakeTimers({ now: Date.parse("2026-06-15T12:00:00Z") }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it("relative times follow one clock, which stops while the page is hidden", () => {
  const visibility = vi.spyOn(document, "visibilityState", "get").mockReturnValue("visible");
  const switchTo = (state: DocumentVisibilityState) =>
    act(() => {
      visibility.mockReturnValue(state);
      document.dispatchEvent(new Event("visibilitychange"));
    });
  const times = ["2026-06-15T12:00:00Z", "2026-06-15T11:59:00Z"];
  const { container, unmount } = render(times.map((at) => createElement(Time, { key: at, at })));
  const texts = () => [...container.querySelectorAll("time")].map(({ textContent }) => textContent);
  expect(texts()).toEqual(["just now", "1 minute ago"]);
  expect(vi.getTimerCount()).toBe(1);
  act(() => void vi.advanceTimersByTime(60_000));
  expect(texts()).toEqual(["1 minute ago", "2 minutes ago"]);
  switchTo("hidden");
  expect(vi.getTimerCount()).toBe(0);
  act(() => void vi.advanceTimersByTime(3_600_000));
  switchTo("visible");
  expect(texts()).toEqual(["1 hour ago", "1 hour ago"]);
  unmount();
  expect(vi.getTimerCount()).toBe(0);
});
