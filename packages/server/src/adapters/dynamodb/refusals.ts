import type { RefusalStore } from "../../domain/index.ts";
import { ITEM_TYPES } from "./table/item-types.ts";
import { ItemsOf } from "./table/items.ts";
import { partitions } from "./table/keys.ts";
import type { DynamoTable } from "./table/table.ts";

export function dynamoRefusals(table: DynamoTable): RefusalStore {
  const refusals = new ItemsOf(table, ITEM_TYPES.refusal);
  return { list: (id, signal) => refusals.list(partitions.refusals(id), signal) };
}
