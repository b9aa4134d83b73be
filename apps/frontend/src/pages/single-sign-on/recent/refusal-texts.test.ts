import { describe, expect, it } from "vitest";
import type { Connection } from "../connection/connection.ts";
import { type RecentRefusal, sentenceOf, timesText, whoText } from "./refusal-texts.ts";

const OKTA: Connection = {
  name: "acme-okta",
  displayName: "Acme Okta",
  strategy: "okta",
  state: "enabled",
  waitingFor: null,
  origin: "operator",
  testedAt: null,
};

function refusal(overrides: Partial<RecentRefusal> = {}): RecentRefusal {
  return {
    email: "jane@acme.example",
    domain: "acme.example",
    userId: null,
    connection: OKTA.name,
    reason: "NOT_A_MEMBER",
    firstAt: "2026-11-25T00:00:00.000Z",
    lastAt: "2026-11-25T00:00:00.000Z",
    count: 1,
    cure: null,
    askedAt: null,
    ...overrides,
  };
}

describe("the sentence of a refusal", () => {
  it.each<[Partial<RecentRefusal>, Connection["state"] | "gone", RegExp]>([
    [{ reason: "EMAIL_MISSING" }, "enabled", /^Acme Okta does not share e-mail addresses\./],
    [{ reason: "EMAIL_INVALID" }, "gone", /^The sign-in shared an address that is not valid\./],
    [
      { reason: "DOMAIN_NOT_ALLOWED", cure: "verify-domain" },
      "enabled",
      /^They came through Acme Okta, but acme\.example was not a verified domain of yours\. Verify it, and people with its addresses can join\.$/,
    ],
    [
      { reason: "DOMAIN_NOT_ALLOWED", cure: "none-needed" },
      "enabled",
      /That has changed: they can sign in now\.$/,
    ],
    [{ reason: "DOMAIN_NOT_ALLOWED" }, "enabled", /^Nobody can verify acme\.example\./],
    [
      { reason: "DOMAIN_NOT_ALLOWED", cure: "switch-on" },
      "disabled",
      /^Acme Okta is switched off\. Switch it on above\.$/,
    ],
    [{ reason: "DOMAIN_NOT_ALLOWED" }, "gone", /^They used a sign-in that is not connected any more\.$/],
    [
      { reason: "SSO_REQUIRED", connection: "auth0" },
      "enabled",
      /^They signed in with a password, but single sign-on is required\.$/,
    ],
    [{ reason: "SSO_REQUIRED", connection: null }, "enabled", /^They signed in with another sign-in,/],
    [{ reason: "IDENTITY_CONFLICT" }, "enabled", /support/],
    [{ reason: "IDENTITY_BLOCKED" }, "enabled", /blocked/],
    [
      { reason: "NOT_A_MEMBER", cure: "invite" },
      "enabled",
      /^They signed in, but nobody has invited them\.$/,
    ],
    [{ reason: "MEMBERSHIP_REMOVED", cure: "ask-owner" }, "enabled", /An owner can restore them\.$/],
    [
      { reason: "MEMBERSHIP_REMOVED", cure: "restore" },
      "enabled",
      /^They were removed from the organization\.$/,
    ],
  ])("says of %j with the connection %s why, and what to do", (overrides, state, expected) => {
    const connections = state === "gone" ? [] : [{ ...OKTA, state }];
    expect(sentenceOf(refusal(overrides), connections)).toMatch(expected);
  });
});

it("says who it was as far as it is known", () => {
  expect([
    whoText(refusal()),
    whoText(refusal({ email: null })),
    whoText(refusal({ email: null, domain: null })),
  ]).toEqual(["jane@acme.example", "Somebody at acme.example", "Somebody without an address"]);
  expect([timesText(1), timesText(3)]).toEqual(["Once, ", "3 times, last "]);
});
