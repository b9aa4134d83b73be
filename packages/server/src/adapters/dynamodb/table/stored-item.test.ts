import { inspect } from "node:util";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { dynamoAudit } from "../audit.ts";
import { dynamoIdentityLinks } from "../identity-links.ts";
import { dynamoMemberships } from "../memberships.ts";
import { dynamoOrganizations } from "../organizations.ts";
import { dynamoRelinkWindows } from "../relink-windows.ts";
import { startEmbeddedStore } from "../testing/embedded-store.ts";
import {
  ACME,
  ACME_EXAMPLE,
  connection,
  connectionLedger,
  domainClaim,
  domainLedger,
  entry,
  GLOBEX,
  invitation,
  JANE,
  JANE_EMAIL,
  JOE,
  link,
  membership,
  NOON,
  organization,
  seat,
  UNBOUNDED,
  verifiedDomain,
} from "../testing/examples.ts";
import {
  AUDIT_ENTRY,
  BLOCK,
  INVITATION,
  INVITATION_LEDGER,
  LINK,
  MEMBERSHIP,
  OWNERS,
  RELINK_WINDOW,
  SEAT,
  SPEAKERS,
} from "./item-types.ts";
import {
  AUTH0_POINTER,
  CONNECTION,
  CONNECTION_LEDGER,
  DOMAIN,
  DOMAIN_CLAIM,
  DOMAIN_LEDGER,
  ORGANIZATION,
} from "./organization-items.ts";
import { fromItem, type ItemType, type StoredItem, toItem } from "./stored-item.ts";
import type { DynamoTable } from "./table.ts";

const store = await startEmbeddedStore();
afterAll(() => store.close());

let table: DynamoTable;
beforeEach(async () => {
  table = await store.emptyTable();
});

/** A value that must appear nowhere in a refusal. */
const CANARY = "waad|canary";

/** A valid item of each type, and a method that reads it. */
const TYPES = {
  organization: {
    valid: toItem(ORGANIZATION, organization({ auth0OrgId: "org_1" })),
    read: () => dynamoOrganizations(table).find(ACME, UNBOUNDED),
  },
  "auth0-pointer": {
    valid: toItem(AUTH0_POINTER, { auth0OrgId: "org_1", organizationId: ACME }),
    read: () => dynamoOrganizations(table).findByAuth0OrgId("org_1", UNBOUNDED),
  },
  domain: {
    valid: toItem(DOMAIN, verifiedDomain()),
    read: () => dynamoOrganizations(table).listByDomain(ACME_EXAMPLE, UNBOUNDED),
  },
  connection: {
    valid: toItem(CONNECTION, connection()),
    read: () => dynamoOrganizations(table).findConnection("acme-okta", UNBOUNDED),
  },
  membership: {
    valid: toItem(MEMBERSHIP, membership()),
    read: () => dynamoMemberships(table).find(ACME, JANE, UNBOUNDED),
  },
  invitation: {
    valid: toItem(INVITATION, invitation()),
    read: () => dynamoMemberships(table).findInvitation(ACME, JANE_EMAIL, UNBOUNDED),
  },
  link: {
    valid: toItem(LINK, link()),
    read: () => dynamoIdentityLinks(table).find(link(), UNBOUNDED),
  },
  seat: {
    valid: toItem(SEAT, seat()),
    read: () => dynamoIdentityLinks(table).takeSeat(seat(), "another", UNBOUNDED),
  },
  block: {
    valid: toItem(BLOCK, { userId: JANE, blockedAt: NOON }),
    read: () => dynamoIdentityLinks(table).isBlocked(JANE, UNBOUNDED),
  },
  "relink-window": {
    valid: toItem(RELINK_WINDOW, {
      connection: "acme-okta",
      organizationId: ACME,
      openedAt: NOON,
      until: NOON,
      from: null,
    }),
    read: () => dynamoRelinkWindows(table).find("acme-okta", UNBOUNDED),
  },
  "audit-entry": {
    valid: toItem(AUDIT_ENTRY, entry()),
    read: () => dynamoAudit(table).list({ since: new Date(NOON), until: new Date(NOON) }, UNBOUNDED),
  },
} satisfies Record<string, { valid: StoredItem; read: () => Promise<unknown> }>;

const readAs = <T extends object>(itemType: ItemType<T>) => {
  return { type: itemType.type, read: (item: StoredItem): object => fromItem(itemType, item) };
};
const ALL = [
  ...[readAs(ORGANIZATION), readAs(AUTH0_POINTER), readAs(DOMAIN), readAs(DOMAIN_CLAIM)],
  ...[readAs(DOMAIN_LEDGER), readAs(CONNECTION), readAs(CONNECTION_LEDGER), readAs(MEMBERSHIP)],
  ...[readAs(INVITATION), readAs(LINK), readAs(SEAT), readAs(BLOCK), readAs(RELINK_WINDOW)],
  ...[readAs(AUDIT_ENTRY), readAs(SPEAKERS), readAs(OWNERS), readAs(INVITATION_LEDGER)],
];

const CORRUPT: readonly (readonly [keyof typeof TYPES, StoredItem])[] = [
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
  ["seat", { takenOverAt: CANARY }],
  ["relink-window", { connection: CANARY }],
  ["relink-window", { until: CANARY }],
  ["audit-entry", { actor: CANARY }],
  ["audit-entry", { action: CANARY }],
  ["audit-entry", { subject: CANARY }],
  ["audit-entry", { userId: JOE }],
  ["audit-entry", { actor: `user:${CANARY}` }],
  ["audit-entry", { after: { email: CANARY } }],
  ["audit-entry", { before: { role: [CANARY] } }],
  ["audit-entry", { invitationId: CANARY }],
  ["block", { userId: JOE }],
  ["block", { blockedAt: null }],
  ["membership", { userId: JOE }],
  ["membership", { organizationId: "globex" }],
  ["membership", { role: CANARY }],
  ["membership", { status: CANARY }],
  ["membership", { type: CANARY }],
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

describe("a stored item", () => {
  it.each(CORRUPT)(
    "refuses an item of type %s that contains %o, without quoting its values",
    async (type, damage) => {
      await put(TYPES.organization.valid);
      await put({ ...TYPES[type].valid, ...damage });
      const refusal: unknown = await TYPES[type].read().catch((error: unknown) => error);
      expect(refusal).toMatchObject({
        name: "Refusal",
        reason: "STORE_UNAVAILABLE",
        message: expect.stringContaining(`${type}: the stored item`),
      });
      expect(inspect(refusal, { depth: 10 })).not.toContain(CANARY);
    },
  );

  it.each(Object.entries(TYPES))("returns a valid item of type %s without its keys", async (_, each) => {
    await put(TYPES.organization.valid);
    await put(each.valid);
    const answer = await each.read();
    // A block returns true, a list the item, every other read the value itself: never absent, never empty.
    for (const nothing of [null, undefined, false, []]) expect(answer).not.toEqual(nothing);
    expect(JSON.stringify(answer)).not.toMatch(/"(pk|sk|gsi1pk|gsi1sk|type)"/);
  });

  it.each([
    ...Object.values(TYPES).map(({ valid }) => valid),
    toItem(DOMAIN_CLAIM, domainClaim()),
    toItem(DOMAIN_LEDGER, domainLedger()),
    toItem(CONNECTION_LEDGER, connectionLedger()),
    toItem(SPEAKERS, { userId: JANE, by: ACME, sso: ACME, inside: [ACME], settledAt: NOON, version: 1 }),
    toItem(OWNERS, { organizationId: ACME, userIds: [JANE], rev: "1" }),
    toItem(INVITATION_LEDGER, { organizationId: ACME, open: {}, day: "2026-11-29", mails: 0, rev: "1" }),
  ])("of type $type is malformed without any one of its fields", (valid) => {
    const itemType = ALL.find(({ type }) => type === valid.type);
    expect(itemType?.read(valid)).toBeDefined();
    for (const field of Object.keys(valid).filter((name) => !/^(pk|sk|gsi1pk|gsi1sk)$/.test(name))) {
      const { [field]: _, ...rest } = valid;
      expect(() => itemType?.read(rest), field).toThrow("malformed");
    }
  });

  it("fails the whole list when one item is malformed", async () => {
    await put(TYPES.membership.valid);
    await put({ ...toItem(MEMBERSHIP, membership({ organizationId: GLOBEX })), role: CANARY });
    await expect(dynamoMemberships(table).listByUser(JANE, UNBOUNDED)).rejects.toThrow("malformed");
  });
});

async function put(item: StoredItem): Promise<void> {
  await (await table.documents()).send(new PutCommand({ TableName: table.options.table, Item: item }));
}
