import { expect, it } from "vitest";
import type { AppReason } from "../../../app/problems/problems.ts";
import { type InvitationAction, invitationFailure } from "./invitation-failure.ts";
import { newsOfMany } from "./news-of-many.ts";

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

it.each<[InvitationAction, number, readonly AppReason[], string]>([
  ["revoke", 2, [], "Done: 2."],
  ["revoke", 2, ["CONFLICT"], "Done: 2. 1 was accepted meanwhile."],
  ["revoke", 0, ["CONFLICT", "CONFLICT"], "Nothing was changed. 2 were accepted meanwhile."],
  [
    "resend",
    1,
    ["CONFLICT", "RATE_LIMITED", "CONFLICT"],
    "Done: 1. 3 were refused: 2 were answered or revoked, or the person is a member already, 1 was mailed a moment ago.",
  ],
  [
    "invite",
    0,
    ["ROLE_REQUIRED", "STORE_UNAVAILABLE"],
    "Nothing was changed. 2 were refused: 1 needs an owner, 1 was not changed: try again in a moment.",
  ],
])("%s, done to %d and refused with %j, says why with counts", (action, done, refused, text) => {
  const news = newsOfMany(action, { done, refused }, (count) => `Done: ${count}.`);
  expect([news.text, news.detail].join(" ").trim()).toBe(text);
});
