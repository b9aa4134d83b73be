import type { Memberships } from "../../domain/index.ts";
import { INVITATION, MEMBERSHIP } from "./table/item-types.ts";
import { itemsOf } from "./table/items.ts";
import { keys, partitions } from "./table/keys.ts";
import { sharedDeadline } from "./table/store-request.ts";
import type { DynamoTable } from "./table/table.ts";

export function dynamoMemberships(table: DynamoTable): Memberships {
  const memberships = itemsOf(table, MEMBERSHIP);
  const invitations = itemsOf(table, INVITATION);

  return {
    find: (organizationId, userId, signal) =>
      memberships.get(keys.membership(userId, organizationId), signal),
    listByUser: (userId, signal) => memberships.list(partitions.user(userId), sharedDeadline(table, signal)),
    create: (membership, signal) => memberships.putIfAbsent(membership, signal),

    findInvitation: (organizationId, email, signal) =>
      invitations.get(keys.invitation(email, organizationId), signal),
    listInvitations: (email, signal) =>
      invitations.list(partitions.invitations(email), sharedDeadline(table, signal)),

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
