import type { Membership, MembershipKey, MembershipRegistry, Memberships } from "../../domain/index.ts";
import type { Expression } from "./table/expression.ts";
import { INVITATION, MEMBERSHIP } from "./table/item-types.ts";
import { itemsOf } from "./table/items.ts";
import { indexKeys, keys, partitions } from "./table/keys.ts";
import { withDeadline } from "./table/store-request.ts";
import type { DynamoTable } from "./table/table.ts";

export function dynamoMemberships(table: DynamoTable): Memberships {
  const memberships = itemsOf(table, MEMBERSHIP);
  const invitations = itemsOf(table, INVITATION);

  return {
    find: (organizationId, userId, signal) =>
      memberships.get(keys.membership(userId, organizationId), signal),
    listByUser: (userId, signal) =>
      withDeadline(table.options, signal, (deadline) => memberships.list(partitions.user(userId), deadline)),
    create: (membership, signal) => memberships.putIfAbsent(membership, signal),

    findInvitation: (organizationId, email, signal) =>
      invitations.get(keys.invitation(email, organizationId), signal),
    listInvitations: (email, signal) =>
      withDeadline(table.options, signal, (deadline) =>
        invitations.list(partitions.invitations(email), deadline),
      ),

    consumeInvitation({ email, organizationId, role }, userId, signal) {
      // The role must be the one that was read: an operator may have changed it since. Our own consumption also
      // counts, so that a repeated attempt succeeds.
      return invitations.update(
        keys.invitation(email, organizationId),
        {
          set: { expression: "SET #consumedBy = :userId", values: { ":userId": userId } },
          condition: {
            expression: "#role = :role AND (#consumedBy = :null OR #consumedBy = :userId)",
            values: { ":role": role, ":null": null },
          },
        },
        signal,
      );
    },
  };
}

export function dynamoMembershipRegistry(table: DynamoTable): MembershipRegistry {
  const memberships = itemsOf(table, MEMBERSHIP);

  /**
   * The update fails when no membership exists or when it already has the wanted status. If the read then shows
   * another status, a login has created the membership in between, and the update is repeated.
   */
  function change(
    { userId, organizationId }: MembershipKey,
    status: Membership["status"],
    set: Expression,
    signal: AbortSignal,
  ): Promise<Membership | null> {
    const key = keys.membership(userId, organizationId);
    const former = status === "active" ? "removed" : "active";
    const condition = { expression: "#status = :former", values: { ":former": former } };
    return withDeadline(table.options, signal, async (deadline) => {
      for (;;) {
        await memberships.update(key, { set, condition }, deadline);
        const stored = await memberships.get(key, deadline);
        if (stored === null || stored.status === status) return stored;
      }
    });
  }

  return {
    listByOrganization: (id, signal) => memberships.listIndexed(indexKeys.membership(id), signal),

    remove(key, removedAt, signal) {
      const values = { ":removed": "removed", ":removedAt": removedAt };
      const set = { expression: "SET #status = :removed, #removedAt = :removedAt", values };
      return change(key, "removed", set, signal);
    },

    restore(key, signal) {
      const set = { expression: "SET #status = :active REMOVE #removedAt", values: { ":active": "active" } };
      return change(key, "active", set, signal);
    },
  };
}
