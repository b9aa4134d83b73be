import type { ConnectionStore } from "../../domain/index.ts";
import { unchanged } from "./table/expression.ts";
import { itemsOf } from "./table/items.ts";
import { indexKeys, keys } from "./table/keys.ts";
import { CONNECTION, CONNECTION_LEDGER } from "./table/organization-items.ts";
import { type DynamoTable, inOneDeadline } from "./table/table.ts";

export function dynamoConnections(table: DynamoTable): ConnectionStore {
  const connections = itemsOf(table, CONNECTION);
  const ledgers = itemsOf(table, CONNECTION_LEDGER);

  return {
    find: (name, signal) => connections.get(keys.connection(name), signal),
    list: (id, signal) =>
      inOneDeadline(table, signal, (deadline) => connections.listIndexed(indexKeys.connection(id), deadline)),
    replace: (next, present, signal) => connections.put(next, unchanged(next.rev, present), signal),
    findLedger: async (organizationId, signal) =>
      (await ledgers.get(keys.connectionLedger(organizationId), signal)) ?? {
        organizationId,
        names: [],
        setup: null,
        rev: null,
      },
    replaceLedger: (next, present, signal) =>
      ledgers.put(next, unchanged(next.rev, present === null ? null : { rev: present }), signal),
  };
}
