import { expect, it } from "vitest";
import { standingOf } from "./invitation-badges.ts";

const NOW = Date.parse("2026-11-25T12:00:00Z");
const OPEN = { state: "open", mail: "sent", outside: false, expiresAt: "2026-11-27T12:00:00Z" } as const;

it.each<[string, Partial<Parameters<typeof standingOf>[0]>, string[], string[]]>([
  ["open", {}, ["neutral: Expires in 2 days"], []],
  ["about to expire", { expiresAt: "2026-11-25T15:00:00Z" }, ["warn: Expires in 3 hours"], []],
  ["expired", { state: "expired" }, ["warn: Expired"], ["resend"]],
  ["expired since it was loaded", { expiresAt: "2026-11-25T12:00:00Z" }, ["warn: Expired"], ["resend"]],
  ["void", { state: "void" }, ["warn: No longer valid"], ["resend"]],
  ["being mailed", { mail: "sending" }, ["neutral: Sending the mail"], []],
  ["without mails", { mail: "none" }, ["neutral: Expires in 2 days"], ["copy"]],
  ["whose mail failed", { mail: "failed" }, ["bad: Mail failed"], ["resend", "copy"]],
  ["expired and never mailed", { state: "expired", mail: "failed" }, ["warn: Expired"], ["resend"]],
  ["from outside", { outside: true }, ["neutral: Expires in 2 days", "warn: Outside"], []],
])("an invitation %s", (_, facts, badges, fixes) => {
  const standing = standingOf({ ...OPEN, ...facts }, NOW);
  expect(standing.badges.map(({ tone, text }) => `${tone}: ${text}`)).toEqual(badges);
  expect(standing.fixes).toEqual(fixes);
});
