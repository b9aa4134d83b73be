import { expect, it } from "vitest";
import {
  expiryText,
  invitedParts,
  inviterText,
  type Offer,
  type PastInvitation,
  pastTexts,
} from "./invited-text.ts";

const NOW = Date.parse("2026-11-25T12:00:00Z");
const ACME = { name: "Acme", role: "admin" } as const;

it.each<[Offer, string]>([
  [ACME, "You are invited to Acme as an admin."],
  [{ ...ACME, inviter: null, inviterName: "Ben" }, "You are invited to Acme as an admin."],
  [{ ...ACME, inviter: "ben@acme.example" }, "ben@acme.example invited you to Acme as an admin."],
  [
    { ...ACME, inviter: "ben@acme.example", inviterName: "Ben Reed" },
    "Ben Reed (ben@acme.example) invited you to Acme as an admin.",
  ],
])("%j is told as %s", (offer, text) => {
  const { who, before, name, after } = invitedParts(offer);
  expect(`${who ?? ""}${before}${name}${after}`).toBe(text);
  expect(who).toBe(inviterText(offer));
});

it("an invitation says when it expires", () => {
  expect(expiryText({ expiresAt: "2026-11-28T12:00:00Z" }, NOW)).toBe("The invitation expires in 3 days.");
});

it.each([
  ["expired", null, "This invitation has expired", "Ask an administrator of Acme for a new one."],
  ["expired", "ben@acme.example", "This invitation has expired", null],
  [
    "revoked",
    null,
    "This invitation was withdrawn",
    "If you think that this is a mistake, ask the person who invited you.",
  ],
  [
    "declined",
    null,
    "You declined this invitation",
    "If you changed your mind, ask an administrator of Acme for a new one.",
  ],
  ["void", null, "This invitation is no longer valid", "Ask another administrator of Acme for a new one."],
] as const)("one that is %s, sent by %s, is titled %s", (state, inviter, title, next) => {
  const past: PastInvitation = {
    organizationId: "acme",
    name: "Acme",
    state,
    since: "2026-11-22T12:00:00Z",
    inviter,
    inviterName: null,
  };
  expect(pastTexts(past, NOW)).toMatchObject({ title, next });
});
