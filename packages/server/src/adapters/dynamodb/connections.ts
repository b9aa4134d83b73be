import type { ConnectionStore } from "../../domain/index.ts";
import { itemsOf } from "./table/items.ts";
import { keys } from "./table/keys.ts";
import { CONNECTION, CONNECTION_SETUP } from "./table/organization-items.ts";
import type { DynamoTable } from "./table/table.ts";

export function dynamoConnections(table: DynamoTable): ConnectionStore {
  const connections = itemsOf(table, CONNECTION);
  const setups = itemsOf(table, CONNECTION_SETUP);

  return {
    find: (name, signal) => connections.get(keys.connection(name), signal),
    findMany: (names, signal) => connections.getMany(names.map(keys.connection), signal),
    findSetup: (id, signal) => setups.get(keys.connectionSetup(id), signal),
  };
}
