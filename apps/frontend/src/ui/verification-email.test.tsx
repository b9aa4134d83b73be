// @vitest-environment happy-dom
import { createPlatformQueryClient, PlatformProvider } from "@platform-api/client/react";
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { type Service, startService } from "../service.fixture.ts";
import { appAt } from "./app-context.fixture.ts";
import { AppContext, type AppContextValue } from "./app-context.ts";
import { ProblemPage } from "./problem-page.tsx";
import type { AppReason } from "./problems.ts";

const PATH = "/verification";
const LABEL = "Send the e-mail again";
let service: Service;
let root: Root;

beforeAll(async () => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  service = await startService();
});
afterEach(() => {
  act(() => root.unmount());
  document.body.replaceChildren();
});
afterAll(async () => {
  vi.unstubAllGlobals();
  await service.close();
});

function show(reason: AppReason, emailVerificationUrl?: string): void {
  const app = appAt(service.url);
  const value: AppContextValue = {
    ...app,
    email: "jane@acme.example",
    token: { call: (attempt) => attempt("the-token") },
    config: { ...app.config, ...(emailVerificationUrl && { emailVerificationUrl }) },
  };
  root = createRoot(document.body.appendChild(document.createElement("div")));
  act(() =>
    root.render(
      <AppContext value={value}>
        <PlatformProvider url={service.url} token="" queryClient={createPlatformQueryClient()}>
          <ProblemPage reason={reason} onTryNow={() => {}} />
        </PlatformProvider>
      </AppContext>,
    ),
  );
}

const sendButton = () => [...document.querySelectorAll("button")].find((one) => one.textContent === LABEL);

it.each([
  ["a sent e-mail", 204, "Sent to jane@acme.example. It can take a minute to arrive."],
  ["a second one too soon", 429, "An e-mail is on its way. Wait a minute before you ask for another."],
  ["a refusal", 502, "The e-mail could not be sent. Try again in a moment."],
  ["an outage", "reset" as const, "The e-mail could not be sent. Try again in a moment."],
])("VerificationEmail announces %s", async (_, status, text) => {
  service.asked.length = 0;
  service.replies = { [PATH]: status === "reset" ? status : { status, body: "" } };
  show("EMAIL_UNVERIFIED", `${service.url}${PATH}`);
  const said = () => document.querySelector("[role=status]")?.textContent;
  expect(said()).toBe("Nothing in your inbox or your spam folder?");
  act(() => sendButton()?.click());
  await act(() => expect.poll(said).toBe(text));
  expect(service.asked.map(({ headers }) => headers.authorization)).toEqual(["Bearer the-token"]);
});

it("VerificationEmail is offered only for EMAIL_UNVERIFIED, and only if the identity provider can send it", () => {
  show("EMAIL_UNVERIFIED");
  expect(sendButton()).toBeUndefined();
  act(() => root.unmount());
  show("EMAIL_MISSING", `${service.url}${PATH}`);
  expect(sendButton()).toBeUndefined();
});
