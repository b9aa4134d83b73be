import type { RelinkWindow, RelinkWindows } from "../../domain/identity/relink-window.ts";
import { RELINK_WINDOW } from "./table/item-types.ts";
import { itemsOf } from "./table/items.ts";
import { keys } from "./table/keys.ts";
import type { DynamoTable } from "./table/table.ts";

/** What operators do with windows. Errors as in {@link RelinkWindows}. */
export interface RelinkWindowRegistry extends RelinkWindows {
  /** Opens, extends or closes the connection's window; of two operators the last one decides. */
  put(window: RelinkWindow, signal: AbortSignal): Promise<void>;
}

export function dynamoRelinkWindows(table: DynamoTable): RelinkWindowRegistry {
  const windows = itemsOf(table, RELINK_WINDOW);
  return {
    find: (connection, signal) => windows.get(keys.relinkWindow(connection), signal),
    async put(window, signal) {
      await windows.put(window, null, signal);
    },
  };
}
