import { dynamoAudit } from "../audit.ts";
import { dynamoEventCursors, dynamoReconciliations } from "../event-cursors.ts";
import { dynamoMailOutcomes, dynamoMemberships } from "../memberships.ts";
import { dynamoDomains } from "../organizations.ts";
import { dynamoPersonalItems } from "../personal-items.ts";
import { ITEM_TYPES } from "../table/item-types.ts";
import { ItemsOf } from "../table/items.ts";
import { keys } from "../table/keys.ts";
import type { DynamoTable } from "../table/table.ts";
import {
  ACME,
  entry,
  eventCursor,
  invitation,
  listedFrom,
  NOON,
  reconciliation,
  UNBOUNDED,
} from "./examples.ts";

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
  changes: 3,
  changedAt: NOON,
  rev: "1",
};
const mailed = invitation({ mail: "sending", mailedAt: NOON });
const offer = (table: DynamoTable) => new ItemsOf(table, ITEM_TYPES.invitation).put(mailed, UNBOUNDED);

/** Every write that is made without a transaction. */
export const WRITES: Record<string, Write> = {
  "Audit.append": {
    write: async (table) => {
      await dynamoAudit(table).append(entry(), UNBOUNDED);
      return listedFrom(dynamoAudit(table), NOON);
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
  "Domains.recheckEnded": {
    write: async (table) => {
      await dynamoDomains(table).recheckEnded(NOON, UNBOUNDED);
      return new ItemsOf(table, ITEM_TYPES.heartbeat).get(keys.heartbeat("domain-recheck"), UNBOUNDED);
    },
    answer: { of: "domain-recheck", endedAt: NOON },
  },
  "EventCursors.save": {
    write: async (table) => {
      await dynamoEventCursors(table).save(eventCursor(), UNBOUNDED);
      return dynamoEventCursors(table).find("default", UNBOUNDED);
    },
    answer: eventCursor(),
  },
  "PersonalItems.removeQuestion": {
    before: (table) => dynamoEventCursors(table).save(eventCursor(), UNBOUNDED),
    write: async (table) => {
      const place = { index: 0, subject: eventCursor().questions[0]?.subject ?? "" };
      await dynamoPersonalItems(table).removeQuestion("default", place, UNBOUNDED);
      return (await dynamoEventCursors(table).find("default", UNBOUNDED))?.questions;
    },
    answer: [],
  },
  "Reconciliations.save": {
    write: async (table) => {
      await dynamoReconciliations(table).save(reconciliation(), UNBOUNDED);
      return dynamoReconciliations(table).find("default", UNBOUNDED);
    },
    answer: reconciliation(),
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
