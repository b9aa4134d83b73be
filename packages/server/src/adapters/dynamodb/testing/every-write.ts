import type { OrganizationId } from "../../../domain/index.ts";
import { dynamoAudit } from "../audit.ts";
import { dynamoMailOutcomes, dynamoMemberships } from "../memberships.ts";
import { dynamoOrganizations } from "../organizations.ts";
import { ITEM_TYPES } from "../table/item-types.ts";
import { ItemsOf } from "../table/items.ts";
import type { DynamoTable } from "../table/table.ts";
import { dynamoTransactions } from "../transactions.ts";
import { ACME, entry, invitation, NOON, organization, UNBOUNDED } from "./examples.ts";

/** A write, what it needs, and its answer. */
interface Write {
  before?: (direct: DynamoTable) => Promise<unknown>;
  write: (table: DynamoTable) => Promise<unknown>;
  answer: unknown;
}

const counts = {
  organizationId: ACME,
  open: { "2026-12-03": 2, "2026-12-04": 1 },
  day: "2026-11-24",
  mails: 0,
  rev: "1",
};
const mailed = invitation({ mail: "sending", mailedAt: NOON });
const offer = (table: DynamoTable) => new ItemsOf(table, ITEM_TYPES.invitation).put(mailed, UNBOUNDED);

/** Every write that does more than to replace a revision. */
export const WRITES: Record<string, Write> = {
  "Audit.append": {
    write: async (table) => {
      await dynamoAudit(table).append(entry(), UNBOUNDED);
      return dynamoAudit(table).list({ since: new Date(NOON), until: new Date(NOON) }, UNBOUNDED);
    },
    answer: [entry()],
  },
  "Memberships.release": {
    before: (table) => new ItemsOf(table, ITEM_TYPES.invitationLedger).put(counts, UNBOUNDED),
    write: async (table) => {
      const memberships = dynamoMemberships(table);
      await memberships.release(ACME, "2026-12-03", UNBOUNDED);
      return (await memberships.findLedger(ACME, UNBOUNDED)).open;
    },
    answer: { ...counts.open, "2026-12-03": 1 },
  },
  "MailOutcomes.settle": {
    before: offer,
    // Its second attempt finds the outcome of the first one, which nobody is told: what counts is what is stored.
    write: async (table) => {
      await dynamoMailOutcomes(table).settle(mailed, "sent", UNBOUNDED);
      return (await dynamoMemberships(table).findInvitation(ACME, mailed.email, UNBOUNDED))?.mail;
    },
    answer: "sent",
  },
};

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

/** Every store of revisions. */
export const REVISIONS: Record<string, (table: DynamoTable) => ReturnType<typeof revisions>> = {
  "an organization": (table) =>
    revisions({
      value: (rev) => organization({ rev }),
      replace(next, present) {
        const writes = [{ item: "organization", next, present }] as const;
        return dynamoTransactions(table).commit({ writes, unchanged: [], audit: [] }, UNBOUNDED);
      },
      find: (id) => dynamoOrganizations(table).find(id, UNBOUNDED),
    }),
};
