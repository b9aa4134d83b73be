import { isOwner, MAX_OWNERS, type Membership, makeOwner, newRevision, Refusal } from "../../domain/index.ts";
import { dynamoMembershipRegistry, dynamoMembershipWrites, dynamoOwners } from "./memberships.ts";
import { AUDIT_ENTRY, INVITATION, MEMBERSHIP, OWNERS } from "./table/item-types.ts";
import { itemsOf } from "./table/items.ts";
import { indexKeys, keys } from "./table/keys.ts";
import { fromItem, type StoredItem } from "./table/stored-item.ts";
import type { DynamoTable } from "./table/table.ts";
import { ORGANIZATIONS_STEP } from "./table/upgrade-states.ts";
import type { UpgradedItem, UpgradeStep } from "./table/upgrade-table.ts";

const NOTHING: UpgradedItem = { changed: 0, notes: [] };

/** Upgrades one item of one type. */
type Upgrade = (item: StoredItem, signal: AbortSignal) => Promise<UpgradedItem>;

/** Gives the items of organizations what the lists of this version read. Items of other types stay as they are. */
export function organizationsUpgrade(table: DynamoTable): UpgradeStep {
  const upgrades: ReadonlyMap<unknown, Upgrade> = new Map([
    [AUDIT_ENTRY.type, indexingAudit(table)],
    [MEMBERSHIP.type, sortingMembers(table)],
    [INVITATION.type, numberingInvitations(table)],
    [OWNERS.type, checkingOwners(table)],
  ]);
  return {
    name: ORGANIZATIONS_STEP,
    upgrade: async (item, signal) => (await upgrades.get(item.type)?.(item, signal)) ?? NOTHING,
  };
}

/** Gives an entry about an organization its place in the organization's audit. */
function indexingAudit(table: DynamoTable): Upgrade {
  const entries = itemsOf(table, AUDIT_ENTRY);
  return async (item, signal) => {
    if (item.gsi1pk !== undefined) return NOTHING;
    const indexKey = indexKeys.auditEntry(fromItem(AUDIT_ENTRY, item));
    if (indexKey === null) return NOTHING;
    const change = {
      set: {
        expression: "SET #gsi1pk = :gsi1pk, #gsi1sk = :gsi1sk",
        values: { ":gsi1pk": indexKey.gsi1pk, ":gsi1sk": indexKey.gsi1sk },
      },
      condition: { expression: "attribute_exists(#pk) AND attribute_not_exists(#gsi1pk)" },
    };
    // An entry of an earlier version may stand in a former partition: its own key counts.
    const key = { pk: String(item.pk), sk: String(item.sk) };
    return { changed: (await entries.update(key, change, signal)) ? 1 : 0, notes: [] };
  };
}

/** Sorts a member by status and address, and lists an owner. */
function sortingMembers(table: DynamoTable): Upgrade {
  const memberships = itemsOf(table, MEMBERSHIP);
  const ports = { owners: dynamoOwners(table), membershipWrites: dynamoMembershipWrites(table) };
  return async (item, signal) => {
    const member = fromItem(MEMBERSHIP, item);
    const sorted = await sort(member, item.gsi1sk, signal);
    if (!isOwner(member)) return { changed: sorted, notes: [] };
    const { userIds } = await ports.owners.find(member.organizationId, signal);
    if (userIds.includes(member.userId)) return { changed: sorted, notes: [] };
    const asOwner = (present: Membership | null) =>
      present !== null && isOwner(present) ? { change: null } : null;
    try {
      await makeOwner(member, asOwner, ports, signal);
      return { changed: sorted + 1, notes: [] };
    } catch (error) {
      if (!(error instanceof Refusal && error.reason === "LIMIT_REACHED")) throw error;
      const note = `${member.organizationId} has more than ${MAX_OWNERS} owners: make ${member.userId} an admin`;
      return { changed: sorted, notes: [note] };
    }
  };

  async function sort(member: Membership, present: unknown, signal: AbortSignal): Promise<number> {
    const { gsi1sk } = indexKeys.membership(member.organizationId, member);
    if (present === gsi1sk) return 0;
    const set = { expression: "SET #gsi1sk = :gsi1sk", values: { ":gsi1sk": gsi1sk } };
    const condition = { expression: "#status = :status", values: { ":status": member.status } };
    const key = keys.membership(member.userId, member.organizationId);
    return (await memberships.update(key, { set, condition }, signal)) ? 1 : 0;
  }
}

function numberingInvitations(table: DynamoTable): Upgrade {
  const invitations = itemsOf(table, INVITATION);
  return async (item, signal) => {
    if (item.invitationId !== undefined) return NOTHING;
    const { email, organizationId } = fromItem(INVITATION, item);
    const set = { expression: "SET #invitationId = :id", values: { ":id": crypto.randomUUID() } } as const;
    const condition = { expression: "attribute_exists(#pk) AND attribute_not_exists(#invitationId)" };
    const isNumbered = await invitations.update(
      keys.invitation(email, organizationId),
      { set, condition },
      signal,
    );
    return { changed: isNumbered ? 1 : 0, notes: [] };
  };
}

/** A process of an earlier version removes an owner without asking the list. */
function checkingOwners(table: DynamoTable): Upgrade {
  const owners = dynamoOwners(table);
  const { findMany } = dynamoMembershipRegistry(table);
  return async (item, signal) => {
    const { organizationId } = fromItem(OWNERS, item);
    const listed = await owners.find(organizationId, signal);
    const found = await findMany(organizationId, listed.userIds, signal);
    const present = new Set(found.filter(isOwner).map(({ userId }) => userId));
    const userIds = listed.userIds.filter((userId) => present.has(userId));
    if (userIds.length === listed.userIds.length) return NOTHING;
    const isWritten = await owners.replace(
      { organizationId, userIds, rev: newRevision() },
      listed.rev,
      signal,
    );
    const notes =
      userIds.length === 0 ? [`${organizationId} has no owner: \`member set-role --force\` makes one`] : [];
    return { changed: isWritten ? 1 : 0, notes };
  };
}
