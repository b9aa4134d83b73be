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
  AUTH0_POINTER,
  BLOCK,
  CONNECTION,
  DOMAIN,
  INVITATION,
  LINK,
  MEMBERSHIP,
  ORGANIZATION,
  RELINK_WINDOW,
  SEAT,
} from "./item-types.ts";
import { type StoredItem, toItem } from "./stored-item.ts";
import type { DynamoTable } from "./table.ts";

const store = await startEmbeddedStore();
afterAll(() => store.close());

let table: DynamoTable;
beforeEach(async () => {
  table = await store.emptyTable();
});

/** A value that must appear nowhere in a refusal. */
const CANARY = "waad|canary";

/** A sound item of each type, and what asks for it. */
const TYPES = {
  organization: {
    sound: toItem(ORGANIZATION, organization({ auth0OrgId: "org_1" })),
    ask: () => dynamoOrganizations(table).find(ACME, UNBOUNDED),
  },
  "auth0-pointer": {
    sound: toItem(AUTH0_POINTER, { auth0OrgId: "org_1", organizationId: ACME }),
    ask: () => dynamoOrganizations(table).findByAuth0OrgId("org_1", UNBOUNDED),
  },
  domain: {
    sound: toItem(DOMAIN, verifiedDomain()),
    ask: () => dynamoOrganizations(table).listByDomain(ACME_EXAMPLE, UNBOUNDED),
  },
  connection: {
    sound: toItem(CONNECTION, connection()),
    ask: () => dynamoOrganizations(table).findConnection("acme-okta", UNBOUNDED),
  },
  membership: {
    sound: toItem(MEMBERSHIP, membership()),
    ask: () => dynamoMemberships(table).find(ACME, JANE, UNBOUNDED),
  },
  invitation: {
    sound: toItem(INVITATION, invitation()),
    ask: () => dynamoMemberships(table).findInvitation(ACME, JANE_EMAIL, UNBOUNDED),
  },
  link: {
    sound: toItem(LINK, link()),
    ask: () => dynamoIdentityLinks(table).find(link(), UNBOUNDED),
  },
  seat: {
    sound: toItem(SEAT, seat()),
    ask: () => dynamoIdentityLinks(table).takeSeat(seat(), "another", UNBOUNDED),
  },
  block: {
    sound: toItem(BLOCK, { userId: JANE, blockedAt: NOON }),
    ask: () => dynamoIdentityLinks(table).isBlocked(JANE, UNBOUNDED),
  },
  "relink-window": {
    sound: toItem(RELINK_WINDOW, {
      connection: "acme-okta",
      organizationId: ACME,
      openedAt: NOON,
      until: NOON,
      from: null,
    }),
    ask: () => dynamoRelinkWindows(table).find("acme-okta", UNBOUNDED),
  },
  "audit-entry": {
    sound: toItem(AUDIT_ENTRY, entry()),
    ask: () => dynamoAudit(table).list({ since: new Date(NOON), until: new Date(NOON) }, UNBOUNDED),
  },
} satisfies Record<string, { sound: StoredItem; ask: () => Promise<unknown> }>;

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
    "of type %s that holds %o is refused, its values shown to nobody",
    async (type, damage) => {
      await put(TYPES.organization.sound);
      await put({ ...TYPES[type].sound, ...damage });
      const refusal: unknown = await TYPES[type].ask().catch((error: unknown) => error);
      expect(refusal).toMatchObject({
        name: "Refusal",
        reason: "STORE_UNAVAILABLE",
        message: expect.stringContaining(`${type}: the stored item`),
      });
      expect(inspect(refusal, { depth: 10 })).not.toContain(CANARY);
    },
  );

  it.each(Object.entries(TYPES))(
    "of type %s is answered when it is sound, without its keys",
    async (_, each) => {
      await put(TYPES.organization.sound);
      await put(each.sound);
      const answer = await each.ask();
      // A block answers true, a list has what was put, the rest is the value itself: never absent, never empty.
      for (const nothing of [null, undefined, false, []]) expect(answer).not.toEqual(nothing);
      expect(JSON.stringify(answer)).not.toMatch(/"(pk|sk|gsi1pk|gsi1sk|type)"/);
    },
  );

  it("spoils the list it stands in, so that nothing is decided on half of it", async () => {
    await put(TYPES.membership.sound);
    await put({ ...toItem(MEMBERSHIP, membership({ organizationId: GLOBEX })), role: CANARY });
    await expect(dynamoMemberships(table).listByUser(JANE, UNBOUNDED)).rejects.toThrow("malformed");
  });
});

async function put(item: StoredItem): Promise<void> {
  await table.documents.send(new PutCommand({ TableName: table.options.table, Item: item }));
}
