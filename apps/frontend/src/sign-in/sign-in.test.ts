// @vitest-environment happy-dom
import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { lastRoute, rememberRoute } from "../app/session/last-route.ts";
import { ACME } from "../testing/mocked-platform.ts";
import { fill, heading, openConsole, says } from "../testing/open-console.ts";
import { passwordRoute } from "./sign-in-options.tsx";

const field = () => screen.getByLabelText<HTMLInputElement>("E-mail address");
const button = () => screen.getByRole("button", { name: "Continue" });
const spoken = () => document.querySelector("[data-live-announcer]")?.textContent;
const wait = () => document.querySelector(".auth-wait")?.textContent;

async function openSignIn(path = "/") {
  const opened = await openConsole({ as: null, path });
  await screen.findByLabelText("E-mail address");
  return opened;
}

function submit(email: string): void {
  fill(field(), email);
  fireEvent.submit(field());
}

it("a rate limit counts down, keeps the address, and sends nothing until its end", async () => {
  // A countdown is the only interval. Requests and polls keep the real clock.
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
  const { platform, hold } = await openSignIn();
  hold("issuer");
  platform.refuse("RATE_LIMITED", { procedure: "discover.byEmail", retryAfterSeconds: 40 });
  submit("jane@acme.example");
  await waitFor(() => expect(wait()).toBe("Too many attempts. Try again in 40 seconds."));
  expect([field().value, field().getAttribute("aria-invalid")]).toEqual(["jane@acme.example", null]);
  expect(button().getAttribute("aria-disabled")).toBe("true");
  expect(spoken()).toBe("Too many attempts. Try again in 40 seconds.");

  vi.advanceTimersByTime(1_000);
  await waitFor(() => expect(wait()).toBe("Too many attempts. Try again in 39 seconds."));
  submit("jane@globex.example");
  await new Promise((resolve) => setTimeout(resolve)); // after the timer in which TanStack Query renders
  vi.advanceTimersByTime(38_000);
  await waitFor(() => expect(wait()).toBe("Too many attempts. Try again in 1 second."));
  expect([platform.calls, button().getAttribute("aria-disabled")]).toEqual([["discover.byEmail"], "true"]);
  expect(spoken()).toBe("Too many attempts. Try again in 40 seconds."); // not one message a second

  vi.advanceTimersByTime(1_000);
  await waitFor(() => expect(wait()).toBeUndefined());
  expect(button().hasAttribute("aria-disabled")).toBe(false);
  expect([field().value, spoken()]).toEqual(["jane@globex.example", "You can try again now."]);
  platform.reset();
  fireEvent.submit(field());
  await says("Taking you to the password page");
});

it("goes straight to the only way in", async () => {
  const { hold } = await openSignIn();
  hold("issuer");
  submit("joe@unknown.example");
  await says("Taking you to the password page");
  expect(lastRoute()).toEqual(passwordRoute("joe@unknown.example"));
});

it("offers the only way in to a user who needs SSO, and does not go there", async () => {
  const locked = { ...ACME, enforceSso: true };
  const { press } = await openConsole({ organizations: [locked], path: "/" });
  await press("Sign in with SSO");
  await screen.findByRole("button", { name: "Continue with a password" });
});

it("an overloaded platform-api is shown as an outage", async () => {
  const { platform } = await openSignIn();
  platform.refuse("OVERLOADED", { procedure: "discover.byEmail" });
  submit("jane@acme.example");
  await says("Platform is very busy right now");
  await says("This page will reconnect automatically.");
});

it("an invitation says that, and no more, and leads to where an account is created", async () => {
  const { hold, reload } = await openSignIn("/sign-in#email=casey%40freelance.example");
  hold("issuer");
  await heading("You were invited");
  expect(document.querySelector("main")?.textContent).not.toContain("casey"); // but in the field
  await reload();
  await heading("You were invited");
  submit("casey@freelance.example");
  await says("Taking you to the page where you create your account");
  expect(lastRoute()).toEqual(passwordRoute("casey@freelance.example"));
});

it("starts with the address of an invitation, and with the last sign-in only if it has that address", async () => {
  rememberRoute({ connection: "acme-entra", login_hint: "jane@acme.example" });
  const { reload } = await openSignIn("/sign-in#email=casey%40freelance.example");
  expect(field().value).toBe("casey@freelance.example");
  history.replaceState(null, "", "/sign-in#email=Jane%40acme.example");
  await reload();
  await screen.findByRole("button", { name: "Continue as jane@acme.example" });
});

const ENTRA = { name: "acme-entra", strategy: "waad", displayName: "Acme (Entra ID)" };

it.each([
  ["jane@acme.example", "Continue with Acme (Entra ID)"],
  ["joe@unknown.example", "Taking you to the password page"],
])("the address of who chose a password before, %s, is looked up again", async (email, answer) => {
  rememberRoute(passwordRoute(email));
  const organizations = [{ ...ACME, connections: [ENTRA] }];
  const { press, hold } = await openConsole({ organizations, as: null, path: "/" });
  hold("issuer");
  await says("Last time you went to the password page.");
  await press(`Continue as ${email}`);
  await says(answer);
});
