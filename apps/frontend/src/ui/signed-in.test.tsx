// @vitest-environment happy-dom
import type { Reason } from "@platform-api/client";
import { createPlatformQueryClient, PlatformProvider } from "@platform-api/client/react";
import { platformHandlers } from "@platform-api/client/testing";
import { setupServer } from "msw/node";
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { appAt } from "./app-context.fixture.ts";
import { AppContext } from "./app-context.ts";
import { problemFor } from "./error-reason.ts";
import { type AppReason, PROBLEMS } from "./problems.ts";
import { SignedIn } from "./signed-in.tsx";

const url = "https://platform.example";
const platform = platformHandlers({ url, users: [{ email: "jane@acme.example" }] });
const server = setupServer(...platform.handlers);
const app = { ...appAt(url), email: "jane@acme.example" };
let root: Root;

/** These never come from platform-api. */
const OTHER_REASONS: ReadonlySet<string> = new Set<Exclude<AppReason, Reason>>([
  "PLATFORM_UNAVAILABLE",
  "RUNS_UNAVAILABLE",
  "IDENTITY_PROVIDER_UNAVAILABLE",
  "SIGN_IN_REFUSED",
  "SIGN_IN_LOST",
]);
const REASONS = Object.keys(PROBLEMS).filter((reason): reason is Reason => !OTHER_REASONS.has(reason));

beforeAll(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  vi.spyOn(console, "error").mockImplementation(() => {}); // happy-dom logs each refusal
  server.listen({ onUnhandledFrame: "error" });
});
afterEach(() => {
  act(() => root.unmount());
  document.body.replaceChildren();
  platform.reset();
});
afterAll(() => {
  server.close();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

it.each(REASONS)(
  "SignedIn shows %s from org.me as a page with its title, its reason and an action",
  async (reason) => {
    platform.refuse(reason);
    const queryClient = createPlatformQueryClient();
    queryClient.setDefaultOptions({ queries: { retry: false } });
    root = createRoot(document.body.appendChild(document.createElement("div")));
    act(() =>
      root.render(
        <AppContext value={app}>
          <PlatformProvider
            url={url}
            token={platform.tokenFor("jane@acme.example")}
            queryClient={queryClient}
          >
            <SignedIn />
          </PlatformProvider>
        </AppContext>,
      ),
    );
    await act(() => expect.poll(() => document.querySelector("main code")?.textContent).toBe(reason));
    const headings = [...document.querySelectorAll("h1")].map(({ textContent }) => textContent);
    expect(headings).toEqual([problemFor(reason, { email: app.email }).title]);
    expect(document.title).toBe(`${problemFor(reason).title} · Platform`);
    expect(document.querySelectorAll("main button").length).toBe(PROBLEMS[reason].actions.length + 1); // and "Copy details"
  },
);
