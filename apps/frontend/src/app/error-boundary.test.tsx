// @vitest-environment happy-dom
import { fireEvent, render, screen } from "@testing-library/react";
import { expect, it, onTestFinished, vi } from "vitest";
import { ErrorBoundary } from "./error-boundary.tsx";
import { appAt } from "./session/app-context.fixture.ts";
import { AppContext } from "./session/app-context.ts";

function Broken(): never {
  throw new Error("an internal detail");
}

it("ErrorBoundary shows INTERNAL instead of a broken page, and Try now reloads", () => {
  const reload = vi.spyOn(location, "reload").mockImplementation(() => {});
  const { unmount, container } = render(
    <AppContext value={appAt("http://127.0.0.1:1")}>
      <ErrorBoundary>
        <Broken />
      </ErrorBoundary>
    </AppContext>,
    { onCaughtError: () => {} },
  );
  onTestFinished(() => {
    unmount();
    reload.mockRestore();
  });
  screen.getByRole("heading", { level: 1, name: "Something went wrong on our side" });
  expect(container.textContent).not.toContain("an internal detail");
  fireEvent.click(screen.getByRole("button", { name: "Try now" }));
  expect(reload).toHaveBeenCalledOnce();
});
