import type { Membership, MembershipKey, MembershipRegistry } from "../../domain/index.ts";
import { MEMBERSHIP } from "./table/item-types.ts";
import { type Change, itemsOf } from "./table/items.ts";
import { indexPrefixes, keys } from "./table/keys.ts";
import { sharedDeadline } from "./table/store-request.ts";
import type { DynamoTable } from "./table/table.ts";

export function dynamoMembershipRegistry(table: DynamoTable): MembershipRegistry {
  const memberships = itemsOf(table, MEMBERSHIP);

  /**
   * The update fails when no membership exists or when it already has the wanted status. If the read then shows
   * another status, a login has created the membership in between, and the update is repeated.
   */
  async function change(
    { userId, organizationId }: MembershipKey,
    { status, ...wanted }: Change & { readonly status: Membership["status"] },
    signal: AbortSignal,
  ): Promise<Membership | null> {
    const key = keys.membership(userId, organizationId);
    const deadline = sharedDeadline(table, signal);
    for (;;) {
      await memberships.update(key, wanted, deadline);
      const stored = await memberships.get(key, deadline);
      if (stored === null || stored.status === status) return stored;
    }
  }

  return {
    listByOrganization: (id, signal) => memberships.listIndexed(indexPrefixes.memberships(id), signal),

    remove(key, removedAt, signal) {
      const values = { ":removed": "removed", ":removedAt": removedAt };
      const set = { expression: "SET #status = :removed, #removedAt = :removedAt", values };
      return change(key, { status: "removed", set, condition: whileStatusIs("active") }, signal);
    },

    restore(key, signal) {
      const set = { expression: "SET #status = :active REMOVE #removedAt", values: { ":active": "active" } };
      return change(key, { status: "active", set, condition: whileStatusIs("removed") }, signal);
    },
  };
}

function whileStatusIs(status: Membership["status"]) {
  return { expression: "#status = :expected", values: { ":expected": status } };
}
