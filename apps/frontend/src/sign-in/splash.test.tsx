// @vitest-environment happy-dom
import { act, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { Splash } from "./splash.tsx";

afterEach(() => void vi.useRealTimers());

it.each([
  [3_900, "Loading…"],
  [4_000, "Loading… Taking longer than usual."],
])("Splash says after %s ms: %s", (ms, text) => {
  vi.useFakeTimers();
  const { unmount } = render(<Splash />);
  act(() => void vi.advanceTimersByTime(ms));
  expect(screen.getByRole("status").textContent).toBe(text);
  unmount();
});
