import { oracle, startStoreOfTests } from "@platform-api/embedded-dynamodb/testing";
import { createTable } from "../table/create-table.ts";
import { createDynamoTable, type DynamoTable } from "../table/table.ts";

export { oracle };

/** A DynamoDB endpoint inside the test's process. */
export interface EmbeddedStore {
  readonly endpoint: string;
  /** A new table, so that each test has its own. */
  emptyTable(): Promise<DynamoTable>;
  close(): Promise<void>;
}

export async function startEmbeddedStore(): Promise<EmbeddedStore> {
  const { endpoint, close } = await startStoreOfTests();
  const tables: DynamoTable[] = [];
  return {
    endpoint,
    async emptyTable() {
      const table = createDynamoTable({ ...TABLE_OPTIONS, table: `table-${tables.length}`, endpoint });
      tables.push(table);
      await createTable(table, AbortSignal.timeout(60_000));
      return table;
    },
    close() {
      for (const table of tables) table.close();
      return close();
    },
  };
}

/** Generous. Tests of deadlines set their own. */
export const TABLE_OPTIONS = { region: "eu-central-1", attemptMs: 20_000, deadlineMs: 60_000 };
