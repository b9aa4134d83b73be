import { CreateTableCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, describe, expect, it } from "vitest";
import { createTable } from "./create-table.ts";
import { createDynamoTable } from "./table.ts";
import { startEmbeddedStore, TABLE_OPTIONS } from "./testing/embedded-store.ts";
import { UNBOUNDED } from "./testing/examples.ts";

const store = await startEmbeddedStore();
afterAll(() => store.close());

describe("creating the table", () => {
  it("is done once, by one of several processes, and waits until the table can be used", async () => {
    const table = createDynamoTable({ ...TABLE_OPTIONS, table: "platform", endpoint: store.endpoint });
    const created = await Promise.all(Array.from({ length: 5 }, () => createTable(table, UNBOUNDED)));
    expect(created.filter(Boolean)).toHaveLength(1);
    expect(await createTable(table, UNBOUNDED)).toBe(false);
    table.close();
  });

  it("refuses a table of that name that is another application's", async () => {
    const table = createDynamoTable({ ...TABLE_OPTIONS, table: "others", endpoint: store.endpoint });
    await table.documents.send(
      new CreateTableCommand({
        TableName: "others",
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      }),
    );
    await expect(createTable(table, UNBOUNDED)).rejects.toMatchObject({
      reason: "STORE_UNAVAILABLE",
      cause: { message: "the table exists without the index byOrganization" },
    });
    table.close();
  });

  it("stops when its caller does", async () => {
    const table = createDynamoTable({ ...TABLE_OPTIONS, table: "aborted", endpoint: store.endpoint });
    await expect(createTable(table, AbortSignal.abort())).rejects.toMatchObject({
      reason: "STORE_UNAVAILABLE",
    });
    table.close();
  });
});
