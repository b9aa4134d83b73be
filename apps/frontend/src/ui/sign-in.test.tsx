// @vitest-environment happy-dom
import { PlatformProvider } from "@platform-api/client/react";
import { platformHandlers } from "@platform-api/client/testing";
import { setupServer } from "msw/node";
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { Announcer } from "../design/announcer.tsx";
import { appAt } from "./app-context.fixture.ts";
import { AppContext, type SignInStart } from "./app-context.ts";
import { forgetRoute, rememberRoute } from "./last-route.ts";
import { SignInPage } from "./sign-in.tsx";
import { passwordRoute } from "./sign-in-options.tsx";

const url = "https://platform.example";
const platform = platformHandlers({ url });
const server = setupServer(...platform.handlers);
const left: unknown[] = [];
let root: Root;

beforeAll(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  vi.spyOn(console, "error").mockImplementation(() => {}); // happy-dom logs each refusal
  server.listen({ onUnhandledFrame: "error" });
});
beforeEach(() => {
  // A countdown is the only interval. Requests and polls keep the real clock.
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
  root = createRoot(document.body.appendChild(document.createElement("div")));
  show({});
});
afterEach(() => {
  act(() => root.unmount());
  forgetRoute();
  left.length = 0;
  document.body.replaceChildren();
  platform.reset();
  vi.useRealTimers();
});
afterAll(() => {
  server.close();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function show(start: SignInStart): void {
  act(() =>
    root.render(
      <AppContext value={{ ...appAt(url), leave: (...where) => left.push(where) }}>
        <PlatformProvider url={url} token="">
          <SignInPage key={JSON.stringify(start)} start={start} />
        </PlatformProvider>
        <Announcer />
      </AppContext>,
    ),
  );
}

function found<E extends Element>(selector: string, type: new () => E): E {
  const element = document.querySelector(selector);
  if (!(element instanceof type)) throw new Error(`${selector} is missing`);
  return element;
}
const field = () => found("input", HTMLInputElement);
const isBlocked = () => found("form button", HTMLButtonElement).getAttribute("aria-disabled") === "true";
const spoken = () => found("[role=status]", HTMLElement).textContent;
const shows = (text: string) => act(() => expect.poll(() => document.body.textContent).toContain(text));
const leaves = (email: string) =>
  act(() => expect.poll(() => left).toEqual([[passwordRoute(email), "the password page"]]));
const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms));

function type(text: string): void {
  act(() => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(field(), text);
    field().dispatchEvent(new Event("input", { bubbles: true }));
  });
}
const submit = () => act(() => field().form?.requestSubmit());

it("a rate limit counts down, keeps the address, and sends nothing until its end", async () => {
  platform.refuse("RATE_LIMITED", { procedure: "discover.byEmail", retryAfterSeconds: 40 });
  type("jane@acme.example");
  submit();
  await shows("Too many attempts. Try again in 40 seconds.");
  expect([field().value, field().getAttribute("aria-invalid"), isBlocked()]).toEqual([
    "jane@acme.example",
    null,
    true,
  ]);
  expect(spoken()).toBe("Too many attempts. Try again in 40 seconds.");

  pass(1_000);
  expect(found(".auth-wait", HTMLElement).textContent).toBe("Too many attempts. Try again in 39 seconds.");
  type("jane@globex.example");
  submit();
  await act(() => new Promise((resolve) => setTimeout(resolve))); // after the timer in which TanStack Query renders
  pass(38_000);
  expect(found(".auth-wait", HTMLElement).textContent).toBe("Too many attempts. Try again in 1 second.");
  expect([platform.calls, isBlocked()]).toEqual([["discover.byEmail"], true]);
  expect(spoken()).toBe("Too many attempts. Try again in 40 seconds."); // not one message a second

  pass(1_000);
  await act(() => expect.poll(() => document.querySelector(".auth-wait")).toBeNull());
  expect(isBlocked()).toBe(false);
  expect([field().value, spoken()]).toEqual(["jane@globex.example", "You can try again now."]);
  platform.reset();
  submit();
  await leaves("jane@globex.example");
});

it("goes straight to the only way in, and offers it to a user who needs SSO", async () => {
  type("joe@unknown.example");
  submit();
  await leaves("joe@unknown.example");
  show({ email: "joe@unknown.example", isSsoOnly: true });
  await shows("Continue with a password");
  expect(left).toHaveLength(1);
});

it("an overloaded platform-api is shown as an outage", async () => {
  platform.refuse("OVERLOADED", { procedure: "discover.byEmail" });
  type("jane@acme.example");
  submit();
  await shows("Platform is very busy right now");
  await shows("This page will reconnect automatically.");
});

it("starts with the address of an invitation, and with the last sign-in only if it has that address", () => {
  rememberRoute({ connection: "acme-entra", login_hint: "jane@acme.example" });
  show({ email: "casey@freelance.example" });
  expect(field().value).toBe("casey@freelance.example");
  show({ email: "Jane@acme.example" });
  expect(document.body.textContent).toContain("Continue as jane@acme.example");
});
