import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { recentRefusal } from "../../../domain/testing/memory-ports.ts";
import {
  ACME,
  ACME_EXAMPLE,
  connection,
  connectionSetup,
  domainClaim,
  endedSession,
  entry,
  eventCursor,
  invitation,
  invitationLedger,
  JANE,
  JOE,
  link,
  membership,
  NOON,
  organization,
  reconciliation,
  relinkWindow,
  seat,
  subjectFacts,
  verifiedDomain,
} from "../testing/examples.ts";
import { identified } from "./audit-keys.ts";
import { ITEM_TYPES } from "./item-types.ts";
import { fromItem, type ItemType, plain, type StoredItem, toItem } from "./stored-item.ts";

/** A value that must appear nowhere in a refusal. */
const CANARY = "waad|canary";

const example = <T extends object>(itemType: ItemType<T>, value: T) => ({
  type: itemType.type,
  value,
  item: toItem(itemType, value),
  read: (item: StoredItem): object => fromItem(itemType, item),
});
const EXAMPLES = [
  example(ITEM_TYPES.organization, organization({ auth0OrgId: "org_1" })),
  example(ITEM_TYPES.pointer, { auth0OrgId: "org_1", organizationId: ACME, rev: "1" }),
  example(ITEM_TYPES.domain, verifiedDomain()),
  example(ITEM_TYPES.claim, domainClaim()),
  example(ITEM_TYPES.connection, connection()),
  example(ITEM_TYPES.setup, connectionSetup()),
  example(ITEM_TYPES.refusal, recentRefusal({ slot: 7, userId: JANE })),
  example(ITEM_TYPES.membership, membership()),
  example(ITEM_TYPES.memberWord, { organizationId: ACME, userId: JANE, word: "jane", words: ["jane", "b"] }),
  example(ITEM_TYPES.memberPlace, {
    organizationId: ACME,
    userId: JANE,
    by: "name",
    role: "admin",
    position: `active#1#jane #${JANE}`,
  }),
  example(ITEM_TYPES.invitation, invitation()),
  example(ITEM_TYPES.link, link()),
  example(ITEM_TYPES.seat, seat()),
  example(ITEM_TYPES.block, { userId: JANE, blockedAt: NOON, rev: "1" }),
  example(ITEM_TYPES.signOut, { userId: JANE, notBefore: 100, rev: "1" }),
  example(
    ITEM_TYPES.facts,
    subjectFacts({ sources: { event: { isBlocked: true, at: NOON }, operator: null } }),
  ),
  example(ITEM_TYPES.session, endedSession()),
  example(ITEM_TYPES.window, relinkWindow()),
  example(ITEM_TYPES.auditEntry, identified(entry())),
  example(ITEM_TYPES.notice, {
    shard: 3,
    atMs: 1,
    id: "1f",
    keys: ["domains acme.example"],
  }),
  example(ITEM_TYPES.heartbeat, { of: "domain-recheck", endedAt: NOON }),
  example(ITEM_TYPES.eventCursor, eventCursor()),
  example(ITEM_TYPES.reconciliation, reconciliation()),
  example(ITEM_TYPES.speakers, {
    userId: JANE,
    by: ACME,
    sso: ACME,
    inside: [{ organizationId: ACME, domain: ACME_EXAMPLE }],
    settledAt: NOON,
    erasedAt: NOON,
    rev: "1",
  }),
  example(ITEM_TYPES.invitationLedger, invitationLedger()),
];

const CORRUPT: readonly (readonly [string, StoredItem])[] = [
  ["link", { userId: CANARY }],
  ["link", { userId: "00000000-0000-0000-0000-000000000000" }],
  ["link", { userId: null }],
  ["link", { userId: [JANE] }],
  ["link", { subject: CANARY }],
  ["link", { tenant: "test" }],
  ["link", { email: `${CANARY}@@` }],
  ["link", { rule: CANARY }],
  ["link", { linkedAt: CANARY }],
  ["link", { type: "seat" }],
  ["seat", { subject: 7 }],
  ["seat", { userId: JOE }],
  ["seat", { rev: 7 }],
  ["relink-window", { connection: CANARY }],
  ["relink-window", { until: CANARY }],
  ["audit-entry", { actor: CANARY }],
  ["audit-entry", { action: CANARY }],
  ["audit-entry", { id: CANARY }],
  ["audit-entry", { at: "2026-11-25T12:00:00.000Z" }],
  ["audit-entry", { userId: CANARY }],
  ["audit-entry", { actor: `user:${CANARY}` }],
  ["audit-entry", { after: { email: CANARY } }],
  ["audit-entry", { before: { role: [CANARY] } }],
  ["notice", { atMs: 2 }],
  ["notice", { keys: [7] }],
  ["heartbeat", { of: CANARY }],
  ["event-cursor", { tenant: CANARY }],
  ["event-cursor", { until: CANARY }],
  ["reconciliation", { tenant: CANARY }],
  ["reconciliation", { read: CANARY }],
  ["block", { userId: JOE }],
  ["block", { blockedAt: null }],
  ["sign-out", { userId: JOE }],
  ["sign-out", { notBefore: null }],
  ["subject-facts", { subject: CANARY }],
  ["subject-facts", { notBefore: "100" }],
  ["subject-facts", { sources: { event: { isBlocked: CANARY, at: NOON }, operator: null } }],
  ["subject-facts", { sources: { operator: null } }],
  ["ended-session", { sid: CANARY }],
  ["ended-session", { at: CANARY }],
  ["membership", { userId: JOE }],
  ["membership", { organizationId: "globex" }],
  ["membership", { role: CANARY }],
  ["membership", { status: CANARY }],
  ["membership", { type: CANARY }],
  ["membership", { name: 7 }],
  ["member-word", { sk: `jane#${CANARY}` }],
  ["member-word", { pk: "ORG#acme#WORD#jo" }],
  ["member-place", { pk: `ORG#acme#${CANARY}#admin` }],
  ["member-place", { sk: `active#1#${CANARY}` }],
  ["invitation", { consumedBy: CANARY }],
  ["invitation", { email: "joe@acme.example" }],
  ["organization", { jit: "true" }],
  ["organization", { id: "globex" }],
  ["organization", { enforceSso: null }],
  ["auth0-pointer", { organizationId: `${CANARY}/` }],
  ["auth0-pointer", { auth0OrgId: "org_2" }],
  ["domain", { domain: "globex.example" }],
  ["domain", { verifiedBy: CANARY }],
  ["connection", { organizationId: null }],
  ["connection", { name: CANARY }],
];

it("every type has an example", () => {
  const types = Object.values(ITEM_TYPES).map(({ type }) => type);
  expect(EXAMPLES.map(({ type }) => type).sort()).toEqual(types.sort());
});

describe("a stored item", () => {
  it.each(CORRUPT)("is refused as type %s with %o, without quoting its values", (type, damage) => {
    const { item, read } = EXAMPLES.find((each) => each.type === type) ?? expect.fail();
    let refusal: unknown;
    try {
      read({ ...item, ...damage });
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({
      name: "Refusal",
      reason: "STORE_UNAVAILABLE",
      message: expect.stringContaining(`${type}: the stored item`),
    });
    expect(inspect(refusal, { depth: 10 })).not.toContain(CANARY);
  });

  it.each(EXAMPLES)("is read as the value that it was made of: $type", ({ value, item, read }) => {
    expect(read(item)).toEqual(value);
  });

  const KEYS = /^(pk|sk|gsi\d[ps]k|deleteAfter)$/;
  const LATER = /^(erasedAt|askedAt|removedBy|name|namedAt|closing|closingAskedAt|batchId)$/;
  it.each(EXAMPLES)("is malformed without any one of its first fields: $type", ({ item, read }) => {
    for (const field of Object.keys(item).filter((name) => !KEYS.test(name) && !LATER.test(name))) {
      const { [field]: _, ...rest } = item;
      expect(() => read(rest), field).toThrow("malformed");
    }
  });
});

it("a name that a later rule refuses counts as none, and hides nobody", () => {
  const item = { ...toItem(ITEM_TYPES.membership, membership()), name: "https://evil.example/" };
  expect(fromItem(ITEM_TYPES.membership, item)).toEqual(membership());
});

it.each(["1E+120", "12345678901234567890.5"])("reads the number %s, which JavaScript does not have", (N) => {
  expect(plain({ n: { N } })).toEqual({ n: Number(N) });
});
