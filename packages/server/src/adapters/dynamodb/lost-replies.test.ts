import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OrganizationId } from "../../domain/index.ts";
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
import { dynamoOrganizations } from "./organizations.ts";
import { createDynamoTable, type DynamoTable } from "./table/table.ts";
import { startEmbeddedStore } from "./testing/embedded-store.ts";
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
const register = (direct: DynamoTable) =>
  dynamoOrganizationRegistry(direct).putConnection(connection(), { movedFrom: null }, UNBOUNDED);

const verify = (table: DynamoTable) =>
  dynamoDomains(table).replaceDomain(verifiedDomain({ rev: "1" }), null, UNBOUNDED);

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
  "Memberships.create": {
    write: (table) => dynamoMemberships(table).create(membership(), UNBOUNDED),
    answer: membership(),
  },
  "Memberships.consumeInvitation": {
    before: offer,
    write: (table) => dynamoMemberships(table).consumeInvitation(invitation(), JANE, UNBOUNDED),
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
  "DomainStore.deleteDomain": {
    before: verify,
    write: (table) => dynamoDomains(table).deleteDomain(verifiedDomain({ rev: "1" }), UNBOUNDED),
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

/** A store that replaces a value only as it was seen. */
interface Revisions<T = unknown> {
  value(rev: string): T;
  replace(next: T, seen: T | null): Promise<boolean>;
  find(organizationId: OrganizationId): Promise<unknown>;
  /** What is found where nothing is stored; null without it. */
  empty?: object;
}

/** Hides the type of the value, so that one table can hold all stores. */
function revisions<T>({ value, replace, find, empty }: Revisions<T>) {
  return {
    replace: (rev: string, seen: string | null) => replace(value(rev), seen === null ? null : value(seen)),
    find,
    stored: (rev: string): unknown => value(rev),
    none: (organizationId: OrganizationId) =>
      empty === undefined ? null : { ...empty, organizationId, rev: null },
  };
}

const REVISIONS: Record<string, (table: DynamoTable) => ReturnType<typeof revisions>> = {
  "an organization": (table) =>
    revisions({
      value: (rev) => organization({ rev }),
      replace: (next, seen) => dynamoOrganizationRegistry(table).putOrganization(next, seen, UNBOUNDED),
      find: (id) => dynamoOrganizations(table).find(id, UNBOUNDED),
    }),
  "a membership": (table) =>
    revisions({
      value: (rev) => membership({ rev }),
      async replace(next, seen) {
        if (seen !== null) return dynamoMembershipWrites(table).replace(next, seen, UNBOUNDED);
        return (await dynamoMemberships(table).create(next, UNBOUNDED)).rev === next.rev;
      },
      find: (id) => dynamoMembershipWrites(table).find(id, JANE, UNBOUNDED),
    }),
  "an invitation": (table) =>
    revisions({
      value: (rev) => invitation({ rev }),
      replace: (next, seen) => dynamoMemberships(table).replaceInvitation(next, seen, UNBOUNDED),
      find: (id) => dynamoMemberships(table).findInvitation(id, JANE_EMAIL, UNBOUNDED),
    }),
  "a list of owners": (table) =>
    revisions({
      value: (rev) => ({ organizationId: ACME, userIds: [JANE], rev }),
      replace: (next, seen) => dynamoOwners(table).replace(next, seen?.rev ?? null, UNBOUNDED),
      find: (id) => dynamoOwners(table).find(id, UNBOUNDED),
      empty: { userIds: [] },
    }),
  "a ledger of invitations": (table) =>
    revisions({
      value: (rev) => ({ organizationId: ACME, open: { "2026-12-01": 2 }, day: "2026-11-24", mails: 3, rev }),
      replace: (next, seen) => dynamoInvitationLedger(table).replace(next, seen?.rev ?? null, UNBOUNDED),
      find: (id) => dynamoInvitationLedger(table).find(id, UNBOUNDED),
      empty: { open: {}, day: "", mails: 0 },
    }),
  "a verified domain": (table) =>
    revisions({
      value: (rev) => verifiedDomain({ rev }),
      replace: (next, seen) => dynamoDomains(table).replaceDomain(next, seen, UNBOUNDED),
      find: async (id) => (await dynamoDomains(table).find(id, ACME_EXAMPLE, UNBOUNDED)).domain,
    }),
  "a claim of a domain": (table) =>
    revisions({
      value: (rev) => domainClaim({ rev }),
      replace: (next, seen) => dynamoDomains(table).replaceClaim(next, seen, UNBOUNDED),
      find: async (id) => (await dynamoDomains(table).find(id, ACME_EXAMPLE, UNBOUNDED)).claim,
    }),
  "a ledger of domains": (table) =>
    revisions({
      value: (rev) => ({ ...domainLedger(), rev }),
      replace: (next, seen) => dynamoDomains(table).replaceLedger(next, seen?.rev ?? null, UNBOUNDED),
      find: (id) => dynamoDomains(table).findLedger(id, UNBOUNDED),
      empty: { claims: {}, domains: [] },
    }),
  "a connection": (table) =>
    revisions({
      value: (rev) => connection({ rev }),
      replace: (next, seen) => dynamoConnections(table).replace(next, seen, UNBOUNDED),
      find: async (id) => (await dynamoConnections(table).list(id, UNBOUNDED))[0] ?? null,
    }),
  "a ledger of connections": (table) =>
    revisions({
      value: (rev) => ({ ...connectionLedger(), rev }),
      replace: (next, seen) => dynamoConnections(table).replaceLedger(next, seen?.rev ?? null, UNBOUNDED),
      find: (id) => dynamoConnections(table).findLedger(id, UNBOUNDED),
      empty: { names: [], setup: null },
    }),
};

it.each(Object.entries(REVISIONS))(
  "%s is replaced only as it was seen, and by a write whose reply was lost (T61)",
  async (_, storeOf) => {
    const [store, lossy] = [storeOf(direct), storeOf(table)];
    proxy.set("reset-after-commit", "pass");
    expect(await store.replace("2", "1")).toBe(false);
    expect(await store.find(ACME)).toEqual(store.none(ACME));
    expect(await lossy.replace("1", null)).toBe(true);
    expect(await store.replace("3", null)).toBe(false);
    expect(await store.replace("2", "3")).toBe(false);
    expect(await store.find(ACME)).toEqual(store.stored("1"));
    expect(await lossy.replace("2", "1")).toBe(true);
    expect(await store.replace("3", "1")).toBe(false);
    expect(await store.find(ACME)).toEqual(store.stored("2"));
    const rivals = await Promise.all(["3", "4", "5", "6", "7"].map((rev) => store.replace(rev, "2")));
    expect(rivals.filter(Boolean)).toHaveLength(1);
    expect(await store.find(GLOBEX)).toEqual(store.none(GLOBEX));
    expect(proxy.attempts).toBeGreaterThanOrEqual(4);
  },
);
