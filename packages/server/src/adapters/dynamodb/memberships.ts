import {
  type Invitation,
  type InvitationLedger,
  type InvitationRange,
  type MemberFilter,
  type Membership,
  type MembershipRegistry,
  type OrganizationId,
  shelfOf,
} from "../../domain/index.ts";
import { ITEM_TYPES } from "./table/item-types.ts";
import { ItemsOf } from "./table/items.ts";
import {
  type IndexKey,
  type IndexRange,
  indexKeys,
  invitationListPartition,
  keys,
  keysFrom,
  partitions,
  rangeOf,
} from "./table/keys.ts";
import { type DynamoTable, inOneDeadline } from "./table/table.ts";

export function dynamoMemberships(table: DynamoTable): MembershipRegistry {
  const memberships = new ItemsOf(table, ITEM_TYPES.membership);
  const invitations = new ItemsOf(table, ITEM_TYPES.invitation);
  const ledgers = new ItemsOf(table, ITEM_TYPES.invitationLedger);

  const findLedger = async (organizationId: OrganizationId, signal: AbortSignal): Promise<InvitationLedger> =>
    (await ledgers.get(keys.invitationLedger(organizationId), signal)) ?? { organizationId, ...NOTHING };

  return {
    ...memberLists(table),

    find: (organizationId, userId, signal) =>
      memberships.get(keys.membership(userId, organizationId), signal),
    listByUser: (userId, signal) =>
      inOneDeadline(table, signal, (deadline) => memberships.list(partitions.user(userId), deadline)),

    findInvitation: (organizationId, email, signal) =>
      invitations.get(keys.invitation(email, organizationId), signal),
    listInvitations: (email, signal) =>
      inOneDeadline(table, signal, (deadline) => invitations.list(partitions.invitations(email), deadline)),

    listPage: (id, { after, limit, role, ...beginning }, signal) =>
      inOneDeadline(table, signal, async (deadline) => {
        const all = role === null ? indexKeys.membership(id) : indexKeys.memberWithRole(id, role);
        const found: Membership[] = [];
        for (const range of memberPrefixes(all, beginning).map(rangeOf)) {
          if (found.length === limit) return { members: found, next: range.from };
          // Nothing is asked for where `after` says that the range was read to its end.
          const page = await memberships.listPage({ range, after, limit: limit - found.length }, deadline);
          found.push(...page.items);
          if (page.last !== null) return { members: found, next: page.last };
        }
        return { members: found, next: null };
      }),

    findByAddress: (id, email, signal) =>
      inOneDeadline(table, signal, async (deadline) => {
        const at = { emailPrefix: `${email}#`, status: null };
        const prefixes = memberPrefixes(indexKeys.membership(id), at);
        const found = await Promise.all(prefixes.map((prefix) => memberships.listIndexed(prefix, deadline)));
        return found.flat();
      }),

    async invitationPage(id, { range: part, after, limit }, signal) {
      const range = part === null ? rangeOf(indexKeys.invitation(id)) : invitationRange(id, part);
      const page = await invitations.listPage({ range, after, limit }, signal);
      return { invitations: page.items, next: page.last };
    },

    findMany(id, userIds, signal) {
      const all = userIds.map((userId) => keys.membership(userId, id));
      return memberships.getMany(all, signal);
    },

    findLedger,
    findLedgers: (ids, signal) => Promise.all(ids.map((id) => findLedger(id, signal))),

    async release(organizationId, day, signal) {
      const set = {
        expression: "#open.#day = #open.#day - :one",
        names: { "#day": day },
        values: { ":one": 1 },
      };
      // An attempt whose reply was lost is not made twice, unless another login has released one meanwhile.
      const condition = { expression: "#open.#day > :zero AND #rev <> :rev", values: { ":zero": 0 } };
      await ledgers.update(keys.invitationLedger(organizationId), set, condition, signal);
    },
  };
}

/** What is read of the items that stand beside memberships. */
function memberLists(table: DynamoTable): Pick<MembershipRegistry, "wordPage" | "placePage" | "count"> {
  const words = new ItemsOf(table, ITEM_TYPES.memberWord);
  const places = new ItemsOf(table, ITEM_TYPES.memberPlace);
  return {
    async wordPage(id, { word, after, limit }, signal) {
      const range = keysFrom(partitions.memberWords(id, shelfOf(word) ?? ""), word);
      const { items, last } = await words.listPage({ range, after, limit }, signal);
      return { words: items, next: last };
    },

    async placePage(id, { by, role, status, after, limit }, signal) {
      const range = keysFrom(partitions.memberPlaces(id, by, role), statusPrefix(status));
      const { items, last } = await places.listPage({ range, after, limit }, signal);
      return { places: items, next: last };
    },

    count: (id, { role, status, limit }, signal) =>
      places.count(
        keysFrom(partitions.memberPlaces(id, "joined", role), statusPrefix(status)),
        limit,
        signal,
      ),
  };
}

/** The counts of an organization that has never counted. */
const NOTHING: Omit<InvitationLedger, "organizationId"> = {
  open: {},
  day: "",
  mails: 0,
  changes: 0,
  changedAt: null,
  rev: null,
};

/** What the index keys begin with, of all that begin with the first, in the order of the list. */
function memberPrefixes(
  all: IndexKey,
  { emailPrefix, status }: Pick<MemberFilter, "emailPrefix" | "status">,
): readonly IndexKey[] {
  if (status === null && emailPrefix === "") return [all];
  const statuses = status === null ? (["active", "removed"] as const) : [status];
  const at = emailPrefix === "" ? "" : `#${emailPrefix}`; // without it also those without an address
  return statuses.map((each) => ({ ...all, sk: `${all.sk}${each}${at}` }));
}

function statusPrefix(status: Membership["status"] | null): string {
  return status === null ? "" : `${status}#`;
}

function invitationRange(id: OrganizationId, { list, from, to }: InvitationRange): IndexRange {
  const pk = invitationListPartition(id, list);
  const all = rangeOf({ index: "byAttribute", pk, sk: "" });
  return { ...all, from: from ?? all.from, to: to ?? all.to };
}

/** Stores what became of a mail, unless another one was sent since. */
export function dynamoMailOutcomes(table: DynamoTable) {
  const invitations = new ItemsOf(table, ITEM_TYPES.invitation);
  return {
    settle(
      { email, organizationId, mailedAt }: Invitation,
      outcome: "sent" | "failed",
      signal: AbortSignal,
    ): Promise<void> {
      const set = { expression: "#mail = :outcome", values: { ":outcome": outcome } };
      // It must not hold once it is applied: the SDK's next attempt would bring this revision back.
      const condition = {
        expression: "#mailedAt = :mailedAt AND #mail = :sending",
        values: { ":mailedAt": mailedAt, ":sending": "sending" },
      };
      return invitations.update(keys.invitation(email, organizationId), set, condition, signal);
    },
  };
}
