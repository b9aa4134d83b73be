import { createPlatformClient } from "@platform-api/client";
import { expect, it } from "vitest";
import { refusalText, type SingleSignOnAction } from "./refusal.ts";

const OKTA = { name: "acme-0a1b2c3d", displayName: "Okta" };

/** The error of a call that the server has refused. */
async function refused(reason: string, message: string): Promise<Error> {
  const body = { error: { code: -32_000, message, data: { code: "CONFLICT", httpStatus: 409, reason } } };
  const client = createPlatformClient({
    url: "https://platform.example",
    fetch: async () => Response.json(body, { status: 409 }),
  });
  return client.org.me.query().then(
    () => new Error("not refused"),
    (error: Error) => error,
  );
}

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
  expect(refusalText(action, await refused(reason, message), [OKTA])).toBe(text);
});
