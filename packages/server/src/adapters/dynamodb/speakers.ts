import { noSpeakers, type SpeakersStore } from "../../domain/index.ts";
import { unchanged } from "./table/expression.ts";
import { SPEAKERS } from "./table/item-types.ts";
import { itemsOf } from "./table/items.ts";
import { keys } from "./table/keys.ts";
import type { DynamoTable } from "./table/table.ts";

export function dynamoSpeakers(table: DynamoTable): SpeakersStore {
  const speakers = itemsOf(table, SPEAKERS);
  return {
    find: async (userId, signal) => (await speakers.get(keys.speakers(userId), signal)) ?? noSpeakers(userId),

    replace(next, present, signal) {
      const { rev } = present;
      return speakers.put(next, unchanged(next.rev, rev === null ? null : { rev }), signal);
    },
  };
}
