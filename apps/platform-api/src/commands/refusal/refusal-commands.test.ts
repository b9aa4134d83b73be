import { parseDomain, parseEmail, parseOrganizationId, parseUserId } from "@platform-api/server/domain";
import { expect, it } from "vitest";
import { describeRefusals } from "./refusal-commands.ts";

type Refusal = Parameters<typeof describeRefusals>[1][number];

const AT = "2026-11-25T12:00:00.000Z";
const ACME = parseOrganizationId("acme") ?? expect.fail();

const refusal: Refusal = {
  email: null,
  domain: parseDomain("evil.example"),
  userId: null,
  connection: "acme-entra",
  reason: "DOMAIN_NOT_ALLOWED",
  firstAt: AT,
  lastAt: AT,
  count: 3,
  cure: "verify-domain",
  askedAt: null,
};
const removed: Refusal = {
  ...refusal,
  email: parseEmail("jane@acme.example"),
  userId: parseUserId("7c18584b-d06e-4ad2-9ff1-6ef64128fed0"),
  connection: null,
  reason: "MEMBERSHIP_REMOVED",
  cure: "restore",
  askedAt: AT,
};
const unnamed: Refusal = { ...refusal, domain: null, reason: "EMAIL_MISSING", cure: null };

it("lists who was refused, and what helps, once for each", () => {
  const words = describeRefusals(ACME, [refusal, { ...refusal, count: 1 }, removed, unnamed]);
  const lines = words.split("\n").map((line) => line.replaceAll(/ {2,}/g, " | "));
  expect(lines).toEqual([
    "LAST SEEN | TIMES | WHO | SIGN-IN | REASON | CURE",
    `${AT} | 3 | somebody at evil.example | acme-entra | DOMAIN_NOT_ALLOWED | verify-domain`,
    `${AT} | 1 | somebody at evil.example | acme-entra | DOMAIN_NOT_ALLOWED | verify-domain`,
    `${AT} | 3 | jane@acme.example (7c18584b-d06e-4ad2-9ff1-6ef64128fed0), asks to be restored | elsewhere | MEMBERSHIP_REMOVED | restore`,
    `${AT} | 3 | an unknown address | acme-entra | EMAIL_MISSING | –`,
    "verify-domain: if the domain is theirs, `domain claim acme <domain>`.",
    "restore: `member restore acme <address>`.",
    "EMAIL_MISSING: the identity provider of the connection has to share e-mail addresses.",
    "",
  ]);
});
