import type { UserId } from "../../domain/identity.ts";
import { BLOCK } from "./item-types.ts";
import { itemsOf } from "./items.ts";
import { keys } from "./keys.ts";
import type { DynamoTable } from "./table.ts";

/** Whom operators have blocked. Every method throws {@link Refusal} STORE_UNAVAILABLE without a usable answer. */
export interface BlockedUsers {
  /** Keeps the time of an earlier block. `blockedAt`: ISO 8601, UTC. */
  block(userId: UserId, blockedAt: string, signal: AbortSignal): Promise<void>;
  unblock(userId: UserId, signal: AbortSignal): Promise<void>;
}

export function dynamoBlockedUsers(table: DynamoTable): BlockedUsers {
  const blocks = itemsOf(table, BLOCK);
  return {
    async block(userId, blockedAt, signal) {
      await blocks.putIfAbsent({ userId, blockedAt }, signal);
    },
    async unblock(userId, signal) {
      await blocks.delete(keys.block(userId), null, signal);
    },
  };
}
