// @vitest-environment happy-dom
import { act } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, expect, it, vi } from "vitest";
import { appAt } from "./app-context.fixture.ts";
import { AppContext } from "./app-context.ts";
import { ErrorBoundary } from "./error-boundary.tsx";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function Broken(): never {
  throw new Error("an internal detail");
}

it("ErrorBoundary shows INTERNAL instead of a broken page, and Try now reloads", () => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  const reload = vi.spyOn(location, "reload").mockImplementation(() => {});
  const root = createRoot(document.body, { onCaughtError: () => {} });
  act(() =>
    root.render(
      <AppContext value={appAt("http://127.0.0.1:1")}>
        <ErrorBoundary>
          <Broken />
        </ErrorBoundary>
      </AppContext>,
    ),
  );
  expect(document.querySelector("h1")?.textContent).toBe("Something went wrong on our side");
  expect(document.body.textContent).not.toContain("an internal detail");
  act(() => [...document.querySelectorAll("button")].find((each) => each.textContent === "Try now")?.click());
  expect(reload).toHaveBeenCalledOnce();
  act(() => root.unmount());
});
