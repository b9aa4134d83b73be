// @vitest-environment happy-dom
import { act } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, expect, it, vi } from "vitest";
import { Splash } from "./splash.tsx";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it.each([
  [3_900, "Loading…"],
  [4_000, "Loading… Taking longer than usual."],
])("Splash says after %s ms: %s", (ms, text) => {
  vi.useFakeTimers();
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  const root = createRoot(document.body);
  act(() => root.render(<Splash />));
  act(() => vi.advanceTimersByTime(ms));
  expect(document.querySelector("[role=status]")?.textContent).toBe(text);
  act(() => root.unmount());
});
