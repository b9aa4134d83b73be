import {
  type IdentityRegistry,
  noSpeakers,
  type RelinkWindows,
  type SpeakersStore,
} from "../../domain/index.ts";
import { ITEM_TYPES } from "./table/item-types.ts";
import { ItemsOf } from "./table/items.ts";
import { indexKeys, keys } from "./table/keys.ts";
import type { DynamoTable } from "./table/table.ts";

export function dynamoIdentities(table: DynamoTable): IdentityRegistry {
  const links = new ItemsOf(table, ITEM_TYPES.link);
  const seats = new ItemsOf(table, ITEM_TYPES.seat);
  const blocks = new ItemsOf(table, ITEM_TYPES.block);
  const findBlock: IdentityRegistry["findBlock"] = (userId, signal) => blocks.get(keys.block(userId), signal);

  return {
    find: (key, signal) => links.get(keys.link(key), signal),
    findSeat: (seat, signal) => seats.get(keys.seat(seat), signal),
    findBlock,
    isBlocked: async (userId, signal) => (await findBlock(userId, signal)) !== null,

    async listByUser(userId, signal) {
      const current = await links.listCurrent(indexKeys.link(userId), signal);
      return current.filter((link) => link.userId === userId);
    },

    async listSeats(key, signal) {
      const current = await seats.listCurrent(indexKeys.seat(key), signal);
      return current.filter(({ subject }) => subject === key.subject);
    },
  };
}

export function dynamoSpeakers(table: DynamoTable): SpeakersStore {
  const speakers = new ItemsOf(table, ITEM_TYPES.speakers);
  return {
    find: async (userId, signal) => (await speakers.get(keys.speakers(userId), signal)) ?? noSpeakers(userId),
  };
}

export function dynamoRelinkWindows(table: DynamoTable): RelinkWindows {
  const windows = new ItemsOf(table, ITEM_TYPES.window);
  return { find: (connection, signal) => windows.get(keys.relinkWindow(connection), signal) };
}
