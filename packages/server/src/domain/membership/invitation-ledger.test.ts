import { expect, it } from "vitest";
import { MemoryMemberships } from "../../memory/memberships.ts";
import { auditEntry } from "../audit.ts";
import { Refusal } from "../refusal.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { invitation, NOW } from "../testing/memory-ports.ts";
import { ACME, UNBOUNDED } from "../testing/people.ts";
import {
  counted,
  type LedgerChange,
  MAX_MAILS_A_DAY,
  MAX_OPEN_INVITATIONS,
  releaseInvitation,
  replacing,
} from "./invitation-ledger.ts";
import type { InvitationLedger } from "./memberships.ts";

const DAY = 86_400;
const TODAY = "2026-11-25";
const until = (day: string) => ({ expiresAt: `${day}T12:00:00.000Z` });
const LATER = "2026-12-20";
const ledger = (overrides: Partial<InvitationLedger> = {}): InvitationLedger => {
  const none = { open: {}, mails: 0, changes: 0, changedAt: null };
  return { organizationId: ACME, ...none, day: TODAY, rev: "1", ...overrides };
};
const over = (more: number) => ({ open: { [LATER]: MAX_OPEN_INVITATIONS + more } });
const SOON = "2026-12-01";
const FULL = { "2026-11-25": 1, [SOON]: MAX_OPEN_INVITATIONS - 1 };

it.each<[string, Partial<InvitationLedger>, Partial<LedgerChange>, Partial<InvitationLedger>]>([
  ["opened", {}, { opened: [until(SOON), until(LATER)] }, { open: { "2026-12-01": 1, [LATER]: 1 } }],
  ["closed", { open: { [SOON]: 2 } }, { closed: [until(SOON)] }, { open: { [SOON]: 1 } }],
  ["closed, the last one", { open: { [LATER]: 1 } }, { closed: [until(LATER)] }, { open: {} }],
  ["closed, but never opened", {}, { closed: [until(SOON)] }, { open: {} }],
  ["expired", { open: { "2026-11-24": 9, [TODAY]: 1 } }, {}, { open: { [TODAY]: 1 } }],
  ["mailed", { mails: 2 }, { mails: 3 }, { mails: 5 }],
  ["mailed yesterday", { day: "2026-11-24", mails: 400 }, { mails: 3 }, { mails: 3 }],
  ["the last that fit", { mails: MAX_MAILS_A_DAY - 1 }, { mails: 1 }, { mails: MAX_MAILS_A_DAY }],
  [
    "renewed while it is full",
    { open: FULL },
    { opened: [until("2026-12-02")], closed: [until(SOON)] },
    { open: { ...FULL, [SOON]: MAX_OPEN_INVITATIONS - 2, "2026-12-02": 1 } },
  ],
  [
    "opened once others have expired",
    { open: { "2026-11-24": MAX_OPEN_INVITATIONS } },
    { opened: [until(SOON)] },
    { open: { [SOON]: 1 } },
  ],
  ["renewed while there are too many", over(2), { opened: [until(LATER)], closed: [until(LATER)] }, over(2)],
  ["closed while there are too many", over(2), { closed: [until(LATER)] }, over(1)],
])("what was %s is counted", (_, present, change, expected) => {
  const whole = { opened: [], closed: [], mails: 0, ...change };
  expect(counted(ledger(present), whole, new Date(NOW))).toEqual(ledger({ ...expected, day: TODAY }));
});

const TOO_OFTEN = { reason: "RATE_LIMITED" };
it.each<[string, Partial<InvitationLedger>, Partial<LedgerChange>, object]>([
  ["one invitation too many", { open: FULL }, { opened: [until(SOON)] }, { reason: "LIMIT_REACHED" }],
  ["a mail too many", { mails: MAX_MAILS_A_DAY }, { mails: 1 }, { ...TOO_OFTEN, retryAfterSeconds: DAY }],
])("refuses %s", (_, present, change, expected) => {
  const whole = { opened: [], closed: [], mails: 0, ...change };
  const refused = () => counted(ledger(present), whole, new Date(NOW));
  expect(refused).toThrow(Refusal);
  expect(refused).toThrow(expect.objectContaining(expected));
});

it("fifty that logins end at the same time are each counted, and those of a file are not", async () => {
  const stores = new MemoryAdministration();
  stores.memberships.ledgers.set(ACME, { ...ledger({ open: { [LATER]: 60 } }), rev: "1" });
  const ended = Array.from({ length: 60 }, (_, n) => invitation({ ...until(LATER), counted: n < 50 }));
  await Promise.all(ended.map((each) => releaseInvitation(each, stores, UNBOUNDED)));
  expect(stores.memberships.ledgers.get(ACME)?.open).toEqual({ [LATER]: 10 });
});

it("an outage of the counts refuses nobody, and a defect is not hidden", async () => {
  const failing = (error: Error) => {
    const failingly = Object.assign(new MemoryMemberships(), { release: () => Promise.reject(error) });
    return releaseInvitation(invitation({ counted: true }), { memberships: failingly }, UNBOUNDED);
  };
  await failing(new Refusal("STORE_UNAVAILABLE", "invitation-ledger: changing"));
  await expect(failing(new TypeError("a defect"))).rejects.toThrow("a defect");
});

it("an invitation that is not counted as open is counted as a change", () => {
  const [present, next] = [invitation(), invitation({ role: "admin" })];
  const entry = auditEntry({ at: NOW, actor: "system", action: "invitation-sent" });
  const replaced = [{ next, present, audit: [entry], isMailed: false }];
  const counts = { ...ledger({ changes: 8, changedAt: NOW }), rev: expect.any(String) };
  const writes = [
    { item: "invitation", next, present },
    { item: "invitationLedger", next: counts, present: ledger({ changes: 7 }) },
  ];
  const changes = replacing(replaced, ledger({ changes: 7 }), new Date(NOW));
  expect(changes).toEqual({ writes, unchanged: [], audit: [entry] });
  expect(replacing([], ledger(), new Date(NOW))).toBeNull();
});
