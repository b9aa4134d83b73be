import type { RelinkWindows } from "../../domain/index.ts";
import { RELINK_WINDOW } from "./table/item-types.ts";
import { itemsOf } from "./table/items.ts";
import { keys } from "./table/keys.ts";
import type { DynamoTable } from "./table/table.ts";

export function dynamoRelinkWindows(table: DynamoTable): RelinkWindows {
  const windows = itemsOf(table, RELINK_WINDOW);
  return { find: (connection, signal) => windows.get(keys.relinkWindow(connection), signal) };
}
