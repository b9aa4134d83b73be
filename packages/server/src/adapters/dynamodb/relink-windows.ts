import type { RelinkWindowRegistry } from "../../domain/index.ts";
import { RELINK_WINDOW } from "./table/item-types.ts";
import { itemsOf } from "./table/items.ts";
import { keys } from "./table/keys.ts";
import type { DynamoTable } from "./table/table.ts";

export function dynamoRelinkWindows(table: DynamoTable): RelinkWindowRegistry {
  const windows = itemsOf(table, RELINK_WINDOW);
  return {
    find: (connection, signal) => windows.get(keys.relinkWindow(connection), signal),
    async put(window, signal) {
      await windows.put(window, null, signal);
    },
  };
}
