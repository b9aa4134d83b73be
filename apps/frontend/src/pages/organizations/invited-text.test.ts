import { expect, it } from "vitest";
import { expiryText, waitingText } from "./invited-text.ts";

const ACME = { name: "Acme", role: "admin" } as const;

it.each([
  [[ACME], "You are invited to Acme as an admin."],
  [[{ ...ACME, inviter: null }], "You are invited to Acme as an admin."],
  [[{ ...ACME, inviter: "ben@acme.example" }], "ben@acme.example invited you to Acme as an admin."],
  [[ACME, { ...ACME, name: "Initech" }], "You have 2 invitations."],
])("%j is told as %s", (invitations, text) => {
  expect(waitingText(invitations)).toBe(text);
});

it("an invitation says when it expires", () => {
  const now = Date.parse("2026-11-25T12:00:00Z");
  expect(expiryText({ expiresAt: "2026-11-28T12:00:00Z" }, now)).toBe("The invitation expires in 3 days.");
});
