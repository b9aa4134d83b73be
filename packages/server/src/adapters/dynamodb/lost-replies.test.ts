import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { dynamoAudit } from "./audit.ts";
import { dynamoConnections } from "./connections.ts";
import { dynamoDomains } from "./domains.ts";
import { dynamoIdentityLinks } from "./identity-links.ts";
import {
  dynamoInvitationLedger,
  dynamoMemberships,
  dynamoMembershipWrites,
  dynamoOwners,
} from "./memberships.ts";
import { dynamoOrganizationRegistry } from "./organization-registry.ts";
import { createDynamoTable, type DynamoTable } from "./table/table.ts";
import { startEmbeddedStore } from "./testing/embedded-store.ts";
import {
  ACME,
  connection,
  connectionLedger,
  domainClaim,
  domainLedger,
  entry,
  GLOBEX,
  invitation,
  JANE,
  link,
  membership,
  NOON,
  organization,
  seat,
  UNBOUNDED,
  verifiedDomain,
} from "./testing/examples.ts";
import { startFaultProxy } from "./testing/fault-proxy.ts";

const store = await startEmbeddedStore();
const proxy = await startFaultProxy(store.endpoint);
afterAll(() => {
  proxy.close();
  store.close();
});

/** The table without the fault proxy, and with it. */
let direct: DynamoTable;
let table: DynamoTable;
beforeEach(async () => {
  direct = await store.emptyTable();
  table = createDynamoTable({ ...direct.options, endpoint: proxy.endpoint });
});
afterEach(() => table.close());

interface LostReply {
  before?: (direct: DynamoTable) => Promise<unknown>;
  write: (table: DynamoTable) => Promise<unknown>;
  answer: unknown;
}

const offered = invitation({ rev: "1" });
const offer = (table: DynamoTable) => dynamoMemberships(table).replaceInvitation(offered, null, UNBOUNDED);
const admit = (direct: DynamoTable) => dynamoMemberships(direct).create(membership(), UNBOUNDED);
const owners = (rev: string) => ({ organizationId: ACME, userIds: [JANE], rev });
const register = (direct: DynamoTable) =>
  dynamoOrganizationRegistry(direct).putConnection(connection(), { movedFrom: null }, UNBOUNDED);

const verify = (table: DynamoTable) =>
  dynamoDomains(table).replaceDomain(verifiedDomain({ rev: "1" }), null, UNBOUNDED);
const claim = (table: DynamoTable) => dynamoDomains(table).replaceClaim(domainClaim(), null, UNBOUNDED);

const LOST_REPLIES: Record<string, LostReply> = {
  "IdentityLinks.takeSeat": {
    write: (table) => dynamoIdentityLinks(table).takeSeat(seat(), "mine", UNBOUNDED),
    answer: seat({ subject: "mine" }),
  },
  "IdentityLinks.takeOverSeat": {
    before: (direct) => dynamoIdentityLinks(direct).takeSeat(seat(), seat().subject, UNBOUNDED),
    write: (table) =>
      dynamoIdentityLinks(table).takeOverSeat(seat(), { subject: "mine", takenOverAt: NOON }, UNBOUNDED),
    answer: seat({ subject: "mine", formerSubject: seat().subject, takenOverAt: NOON }),
  },
  "IdentityLinks.remove": {
    before: (direct) => dynamoIdentityLinks(direct).create(link(), UNBOUNDED),
    write: (table) => dynamoIdentityLinks(table).remove(link(), UNBOUNDED),
    answer: true,
  },
  "Audit.append": {
    write: async (table) => {
      await dynamoAudit(table).append(entry(), UNBOUNDED);
      return dynamoAudit(table).list({ since: new Date(NOON), until: new Date(NOON) }, UNBOUNDED);
    },
    answer: [entry()],
  },
  "IdentityLinks.releaseSeat": {
    before: (direct) => dynamoIdentityLinks(direct).takeSeat(seat(), "mine", UNBOUNDED),
    write: (table) => dynamoIdentityLinks(table).releaseSeat(seat(), "mine", UNBOUNDED),
    answer: undefined,
  },
  "Memberships.create": { write: admit, answer: membership() },
  "Memberships.consumeInvitation": {
    before: offer,
    write: (table) => dynamoMemberships(table).consumeInvitation(invitation(), JANE, UNBOUNDED),
    answer: true,
  },
  "MembershipWrites.replace": {
    before: admit,
    write: (table) =>
      dynamoMembershipWrites(table).replace(
        membership({ status: "removed", rev: "2" }),
        membership(),
        UNBOUNDED,
      ),
    answer: true,
  },
  "OwnersStore.replace, the first": {
    write: (table) => dynamoOwners(table).replace(owners("1"), null, UNBOUNDED),
    answer: true,
  },
  "OwnersStore.replace": {
    before: (direct) => dynamoOwners(direct).replace(owners("1"), null, UNBOUNDED),
    write: (table) => dynamoOwners(table).replace(owners("2"), "1", UNBOUNDED),
    answer: true,
  },
  "OrganizationRegistry.putOrganization": {
    write: (table) =>
      dynamoOrganizationRegistry(table).putOrganization(
        organization({ auth0OrgId: "org_1" }),
        null,
        UNBOUNDED,
      ),
    answer: true,
  },
  "OrganizationRegistry.putConnection": { write: register, answer: true },
  "OrganizationRegistry.putConnection, moved": {
    before: register,
    write: (table) =>
      dynamoOrganizationRegistry(table).putConnection(
        connection({ organizationId: GLOBEX }),
        { movedFrom: ACME },
        UNBOUNDED,
      ),
    answer: true,
  },
  "OrganizationRegistry.deleteConnection": {
    before: register,
    write: (table) => dynamoOrganizationRegistry(table).deleteConnection(ACME, "acme-okta", UNBOUNDED),
    answer: true,
  },
  "Memberships.replaceInvitation, the first": { write: offer, answer: true },
  "Memberships.replaceInvitation": {
    before: offer,
    write: (table) =>
      dynamoMemberships(table).replaceInvitation(
        invitation({ ended: "revoked", rev: "2" }),
        offered,
        UNBOUNDED,
      ),
    answer: true,
  },
  "DomainStore.replaceDomain, the first": {
    write: (table) => dynamoDomains(table).replaceDomain(verifiedDomain({ rev: "1" }), null, UNBOUNDED),
    answer: true,
  },
  "DomainStore.replaceDomain": {
    before: verify,
    write: (table) =>
      dynamoDomains(table).replaceDomain(
        verifiedDomain({ rev: "2" }),
        verifiedDomain({ rev: "1" }),
        UNBOUNDED,
      ),
    answer: true,
  },
  "DomainStore.deleteDomain": {
    before: verify,
    write: (table) => dynamoDomains(table).deleteDomain(verifiedDomain({ rev: "1" }), UNBOUNDED),
    answer: true,
  },
  "DomainStore.replaceClaim, the first": { write: claim, answer: true },
  "DomainStore.replaceClaim": {
    before: claim,
    write: (table) =>
      dynamoDomains(table).replaceClaim(
        domainClaim({ state: "released", rev: "2" }),
        domainClaim(),
        UNBOUNDED,
      ),
    answer: true,
  },
  "DomainStore.replaceLedger": {
    write: (table) => dynamoDomains(table).replaceLedger(domainLedger(), null, UNBOUNDED),
    answer: true,
  },
  "ConnectionStore.replace, the first": {
    write: (table) => dynamoConnections(table).replace(connection({ rev: "1" }), null, UNBOUNDED),
    answer: true,
  },
  "ConnectionStore.replace": {
    before: register,
    write: (table) => dynamoConnections(table).replace(connection({ rev: "1" }), connection(), UNBOUNDED),
    answer: true,
  },
  "ConnectionStore.replaceLedger": {
    write: (table) => dynamoConnections(table).replaceLedger(connectionLedger(), null, UNBOUNDED),
    answer: true,
  },
  "InvitationLedgerStore.replace": {
    write: (table) =>
      dynamoInvitationLedger(table).replace(
        { organizationId: ACME, open: { "2026-12-01": 1 }, day: "2026-11-24", mails: 1, rev: "1" },
        null,
        UNBOUNDED,
      ),
    answer: true,
  },
};

describe("a write whose reply was lost (T61)", () => {
  it.each(Object.entries(LOST_REPLIES))(
    "reports a write as done when only its reply was lost: %s",
    async (_, { before, write, answer }) => {
      await before?.(direct);
      proxy.set("reset-after-commit", "pass");
      expect(await write(table)).toEqual(answer);
      expect(proxy.attempts).toBeGreaterThanOrEqual(2);
    },
  );
});
