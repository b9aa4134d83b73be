import { expect, it } from "vitest";
import type { Membership } from "../membership.ts";
import { invitation, membership, NOW } from "../testing/memory-ports.ts";
import { ACME, GLOBEX, JANE, JOE } from "../testing/people.ts";
import { type InvitationState, keptUntil, needsConsent, stateOf } from "./invitation.ts";
import type { Invitation } from "./memberships.ts";

const EARLIER = "2026-11-24T23:59:59.999Z";
const LATER = "2026-11-25T00:00:00.001Z";
const OWNER = membership({ userId: JOE, role: "owner" });
const ADMIN = membership({ userId: JOE, role: "admin" });
/** Was demoted at NOW, and promoted again. */
const LAPSED = membership({ userId: JOE, role: "admin", ceased: { admin: NOW } });
const REMOVED = membership({ userId: JOE, role: "owner", status: "removed" });
const BY_JOE = { invitedBy: JOE, role: "admin", expiresAt: LATER } as const;
const EXPIRED = { expiresAt: EARLIER };
const DECLINED = { ...BY_JOE, ended: "declined" } as const;
const CONSUMED = { ...BY_JOE, consumedBy: JANE };

it.each<[InvitationState, string, Partial<Invitation>, Membership | null]>([
  ["open", "an operator's", {}, null],
  ["open", "an operator's as an owner", { expiresAt: LATER }, null],
  ["open", "an owner's", BY_JOE, OWNER],
  ["open", "an admin's as an admin", BY_JOE, ADMIN],
  ["void", "that of an admin who may not grant it any more", { ...BY_JOE, role: "owner" }, ADMIN],
  ["void", "that of a member", { ...BY_JOE, role: "admin" }, membership({ userId: JOE })],
  ["void", "that of somebody who was removed", BY_JOE, REMOVED],
  ["void", "that of somebody without a membership", BY_JOE, null],
  ["void", "that of an admin who was not one meanwhile", { ...BY_JOE, createdAt: EARLIER }, LAPSED],
  ["open", "that of an admin who was not one before", { ...BY_JOE, createdAt: LATER }, LAPSED],
  ["open", "what a member may offer all the time", { ...BY_JOE, role: "member", createdAt: EARLIER }, LAPSED],
  ["void", "one that was settled so", { ended: "void" }, null],
  ["expired", "one that ends now", { expiresAt: NOW }, null],
  ["expired", "one that ended earlier, whatever became of its inviter", { ...BY_JOE, ...EXPIRED }, null],
  ["revoked", "one that was revoked, also after it has expired", { ...EXPIRED, ended: "revoked" }, null],
  ["declined", "one that was declined, whatever became of its inviter", DECLINED, null],
  ["accepted", "one that was consumed, also after it has expired", { ...EXPIRED, consumedBy: JANE }, null],
  ["accepted", "one that was consumed, whatever became of its inviter", CONSUMED, REMOVED],
])("%s is %s", (state, _, overrides, inviter) => {
  expect(stateOf(invitation(overrides), { now: NOW, inviter })).toBe(state);
});

it.each([
  [null, false, [ACME], false],
  [null, true, [], false],
  [null, false, [GLOBEX], false],
  [JOE, false, [GLOBEX, ACME], false],
  [JOE, true, [], true],
  [JOE, true, [ACME], true],
  [JOE, false, [], true],
  [JOE, false, [GLOBEX], true],
] as const)(
  "T8D: Acme's invitation by %s, from outside: %s, at a domain that %j have now, needs consent: %s",
  (invitedBy, fromOutside, verifiers, expected) => {
    const asked = invitation({ invitedBy, fromOutside });
    const have = verifiers.map((id) => ({ id }));
    expect(needsConsent(asked, have)).toBe(expected);
  },
);

it.each<[string, Partial<Invitation>, string | null]>([
  ["that is open", { expiresAt: "2026-12-02T00:00:00.000Z" }, "2027-03-02T00:00:00.000Z"],
  ["that has ended", { ended: "revoked", endedBy: "others", endedAt: NOW }, "2027-02-23T00:00:00.000Z"],
  ["that was accepted, of a file", { consumedBy: JANE, endedAt: NOW, declared: true }, null],
  [
    "that a file has withdrawn",
    { ended: "revoked", endedBy: "file", endedAt: NOW, declared: true },
    "2027-02-23T00:00:00.000Z",
  ],
  [
    "of a file that was declined",
    { ended: "declined", endedBy: "others", endedAt: NOW, declared: true },
    null,
  ],
])(
  "an invitation %s is kept for 90 days more, or for good where a file would offer it again",
  (_, given, until) => {
    expect(keptUntil(invitation(given))?.toISOString() ?? null).toBe(until);
  },
);
