import type { BlockedUsers, IdentityRegistry, StoredLinks } from "../../domain/index.ts";
import { BLOCK, LINK, SEAT } from "./table/item-types.ts";
import { itemsOf } from "./table/items.ts";
import { indexPrefixes, keys } from "./table/keys.ts";
import type { DynamoTable } from "./table/table.ts";

export function dynamoIdentityLinks(table: DynamoTable): StoredLinks {
  const links = itemsOf(table, LINK);
  const seats = itemsOf(table, SEAT);
  const blocks = itemsOf(table, BLOCK);
  return {
    find: (key, signal) => links.get(keys.link(key), signal),
    findSeat: (seat, signal) => seats.get(keys.seat(seat), signal),
    isBlocked: async (userId, signal) => (await blocks.get(keys.block(userId), signal)) !== null,
  };
}

export function dynamoIdentityRegistry(table: DynamoTable): IdentityRegistry {
  const links = itemsOf(table, LINK);
  const seats = itemsOf(table, SEAT);

  return {
    ...dynamoIdentityLinks(table),

    async listByUser(userId, signal) {
      const current = await links.listCurrent(indexPrefixes.links(userId), signal);
      return current.filter((link) => link.userId === userId);
    },

    async listSeats(key, signal) {
      const current = await seats.listCurrent(indexPrefixes.seats(key), signal);
      return current.filter(({ subject }) => subject === key.subject);
    },
  };
}

export function dynamoBlockedUsers(table: DynamoTable): BlockedUsers {
  const blocks = itemsOf(table, BLOCK);
  return { find: (userId, signal) => blocks.get(keys.block(userId), signal) };
}
