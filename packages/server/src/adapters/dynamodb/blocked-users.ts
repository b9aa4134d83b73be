import type { BlockedUsers } from "../../domain/index.ts";
import { BLOCK } from "./table/item-types.ts";
import { itemsOf } from "./table/items.ts";
import { keys } from "./table/keys.ts";
import type { DynamoTable } from "./table/table.ts";

export function dynamoBlockedUsers(table: DynamoTable): BlockedUsers {
  const blocks = itemsOf(table, BLOCK);
  return {
    async block(userId, blockedAt, signal) {
      return (await blocks.putIfAbsent({ userId, blockedAt }, signal)).blockedAt;
    },
    async unblock(userId, signal) {
      const block = await blocks.get(keys.block(userId), signal);
      await blocks.delete(keys.block(userId), null, signal);
      return block?.blockedAt ?? null;
    },
  };
}
