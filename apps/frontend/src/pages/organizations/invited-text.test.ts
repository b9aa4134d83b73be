import { expect, it } from "vitest";
import { expiryText, invitedParts, inviterText, type Offer } from "./invited-text.ts";
import { type PastInvitation, pastTexts } from "./past-text.ts";

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

const BEN = "ben@acme.example";

it.each([
  [
    "expired",
    null,
    "The invitation to Acme expired 3 days ago.",
    "Ask an administrator of Acme for a new one.",
  ],
  ["expired", BEN, "The invitation expired 3 days ago.", "Ask ben@acme.example for a new one."],
  [
    "revoked",
    null,
    "The invitation to Acme was revoked 3 days ago.",
    "If you think that this is a mistake, ask an administrator of Acme.",
  ],
  [
    "revoked",
    BEN,
    "The invitation was revoked 3 days ago.",
    "If you think that this is a mistake, ask ben@acme.example.",
  ],
  [
    "declined",
    null,
    "You declined the invitation to Acme 3 days ago.",
    "If you changed your mind, ask an administrator of Acme for a new one.",
  ],
  [
    "void",
    null,
    "The person who sent it can’t invite people to Acme any more.",
    "Ask another administrator of Acme for a new one.",
  ],
] as const)("one that is %s, sent by %s, says %s", (state, inviter, what, next) => {
  const past: PastInvitation = {
    organizationId: "acme",
    name: "Acme",
    state,
    since: "2026-11-22T12:00:00Z",
    inviter,
    inviterName: null,
  };
  const { ask, ...texts } = pastTexts(past, NOW);
  expect([texts.what, `${ask.before}${ask.whom}${ask.after}`]).toEqual([what, next]);
  expect(ask.address).toBe(state === "void" ? null : inviter);
});
