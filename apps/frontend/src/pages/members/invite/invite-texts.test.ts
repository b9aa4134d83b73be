import { expect, it } from "vitest";
import { draftProblem, inviteFailure, summaryOf, uninvitedText } from "./invite-texts.ts";
import { parseInvitees } from "./invitees.ts";

const addresses = (count: number) =>
  Array.from({ length: count }, (_, i) => `person-${i}@acme.example`).join("\n");

it.each([
  ["nothing", "", null],
  ["addresses", addresses(100), null],
  ["one bad one", "jane", "1 of these is not an e-mail address. Fix or remove it."],
  ["two bad ones", "jane, ben", "2 of these are not e-mail addresses. Fix or remove them."],
  ["100 and a bad one", `${addresses(100)}\njane`, "1 of these is not an e-mail address. Fix or remove it."],
  [
    "101",
    addresses(101),
    "You can invite 100 people at a time. Remove 1 of the 101 addresses, and invite them afterwards.",
  ],
])("a draft with %s has its problem named", (_, text, problem) => {
  expect(draftProblem(parseInvitees(text))).toBe(problem);
});

it.each<[Parameters<typeof summaryOf>[0], string]>([
  [["invited"], "1 person invited."],
  [
    ["invited", "invited", "renewed", "removed"],
    "2 people invited, 1 person invited again, 1 was removed earlier.",
  ],
  [["already-member", "already-member", "invalid"], "2 are already members, 1 is not an e-mail address."],
])("%j together say %s", (outcomes, text) => {
  expect(summaryOf(outcomes)).toBe(text);
});

it.each([
  ["LIMIT_REACHED", "500 invitations are open. Revoke some that you no longer need, then try again."],
  [
    "STORE_UNAVAILABLE",
    "Our database is not responding. No data has been lost. Try again in a moment; nobody is invited twice.",
  ],
] as const)("a call refused with %s says what to do", (reason, text) => {
  expect(inviteFailure(reason)).toBe(text);
});

it.each([
  [["a.example"], "People at @a.example need no invitation to join, unless they were removed."],
  [
    ["a.example", "b.example"],
    "People at @a.example or @b.example need no invitation to join, unless they were removed.",
  ],
  [
    ["a.example", "b.example", "c.example", "d.example"],
    "People at your domains need no invitation to join, unless they were removed.",
  ],
])("uninvitedText(%j)", (domains, text) => {
  expect(uninvitedText(domains)).toBe(text);
});
