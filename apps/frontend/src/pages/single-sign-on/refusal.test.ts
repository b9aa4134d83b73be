import { expect, it } from "vitest";
import { errorOf, refusal } from "../../testing/refusals.ts";
import { refusalText, type SingleSignOnAction } from "./refusal.ts";

const OKTA = { name: "acme-0a1b2c3d", displayName: "Okta" };

it.each<[SingleSignOnAction, string, string, string]>([
  [
    ...(["require", "NOT_READY"] as const),
    "Something else must be done first: sign in through the connection acme-0a1b2c3d first: enforcing SSO would lock you out",
    "Sign in through Okta first: enforcing SSO would lock you out.",
  ],
  [
    ...(["remove", "NOT_READY"] as const),
    "Something else must be done first: this is the last enabled connection: enable another one, or switch the SSO requirement off",
    "This is the last enabled connection: enable another one, or switch the requirement off.",
  ],
  [
    "remove",
    "NOT_READY",
    "Something else must be done first",
    "This is the last way in. Add another one first, or stop requiring single sign-on.",
  ],
  [
    "connect",
    "INPUT_INVALID",
    "The request is not valid: displayName: too long",
    "Use a name of 1 to 100 characters without web addresses.",
  ],
  [
    "connect",
    "STORE_UNAVAILABLE",
    "The database: down",
    "Our database is not responding. No data has been lost. No action needed. This page will reconnect automatically.",
  ],
])("refusalText(%s, %s) of “%s”", async (action, reason, message, text) => {
  const error = await errorOf(refusal(reason, { message }));
  expect(refusalText(action, error, [OKTA])).toBe(text);
});
