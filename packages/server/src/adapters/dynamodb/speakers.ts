import { noSpeakers, type SpeakersStore } from "../../domain/index.ts";
import { SPEAKERS } from "./table/item-types.ts";
import { itemsOf } from "./table/items.ts";
import { keys } from "./table/keys.ts";
import type { DynamoTable } from "./table/table.ts";

export function dynamoSpeakers(table: DynamoTable): SpeakersStore {
  const speakers = itemsOf(table, SPEAKERS);
  return {
    find: async (userId, signal) => (await speakers.get(keys.speakers(userId), signal)) ?? noSpeakers(userId),
  };
}
