import type { RelinkWindow, RelinkWindows } from "../../domain/relink-window.ts";
import { RELINK_WINDOW } from "./item-types.ts";
import { itemsOf } from "./items.ts";
import { keys } from "./keys.ts";
import type { DynamoTable } from "./table.ts";

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
