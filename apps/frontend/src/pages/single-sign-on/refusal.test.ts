import { expect, it } from "vitest";
import { errorOf, refusal } from "../../testing/refusals.ts";
import { refusalText, type SingleSignOnAction } from "./refusal.ts";

const OKTA = { name: "acme-0a1b2c3d", displayName: "Okta" };
const DOLLARS = { name: "acme-4e5f6a7b", displayName: "A$$ $& Co." };

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
    "require",
    "NOT_READY",
    "Something else must be done first: sign in through the connection acme-4e5f6a7b first",
    "Sign in through A$$ $& Co. first.",
  ],
  [
    "connect",
    "INPUT_INVALID",
    "The request is not valid: displayName: too long",
    "Use 1 to 100 visible characters, one of them a letter, digit or symbol, and no web address. Put a space behind a colon or around a slash.",
  ],
  [
    "connect",
    "STORE_UNAVAILABLE",
    "The database: down",
    "Our database is not responding. No data has been lost. No action needed. This page will reconnect automatically.",
  ],
])("refusalText(%s, %s) of “%s”", async (action, reason, message, text) => {
  const error = await errorOf(refusal(reason, { message }));
  expect(refusalText(action, error, [OKTA, DOLLARS])).toBe(text);
});
