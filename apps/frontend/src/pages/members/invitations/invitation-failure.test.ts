import { expect, it } from "vitest";
import { invitationFailure } from "./invitation-failure.ts";

it.each<[...Parameters<typeof invitationFailure>, string]>([
  [
    "resend",
    "RATE_LIMITED",
    240_000,
    "Not resent. This address was mailed a moment ago. Try again in 4 minutes.",
  ],
  ["resend", "RATE_LIMITED", null, "Not resent. This address was mailed a moment ago. Try again later."],
  ["resend", "CONFLICT", null, "Not resent. It was answered or revoked, or they are a member already."],
  ["revoke", "CONFLICT", null, "Not revoked. It was accepted meanwhile."],
  ["revoke", "ROLE_REQUIRED", null, "Not revoked. Only owners can do this."],
  ["invite", "STORE_UNAVAILABLE", null, "Not invited again. Try again in a moment."],
])("%s refused with %s after %s ms", (action, reason, retryAfterMs, text) => {
  expect(invitationFailure(action, reason, retryAfterMs)).toBe(text);
});
