import type { UserId } from "../../domain/user-id.ts";
import { BLOCK } from "./table/item-types.ts";
import { itemsOf } from "./table/items.ts";
import { keys } from "./table/keys.ts";
import type { DynamoTable } from "./table/table.ts";

/** Whom operators have blocked. Every method throws {@link Refusal} STORE_UNAVAILABLE without a usable answer. */
export interface BlockedUsers {
  /** Keeps an earlier block, and answers with the time of the one that holds now. `blockedAt`: ISO 8601, UTC. */
  block(userId: UserId, blockedAt: string, signal: AbortSignal): Promise<string>;
  /** Answers with the time of the block that it lifts; null when there is none. */
  unblock(userId: UserId, signal: AbortSignal): Promise<string | null>;
}

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
