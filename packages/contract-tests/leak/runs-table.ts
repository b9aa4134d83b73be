import {
  type AttributeValue,
  type CreateTableCommandInput,
  type DynamoDB,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";

/** Makes a table, and waits until it is active. */
export async function makeTable(
  client: DynamoDB,
  input: Omit<CreateTableCommandInput, "BillingMode">,
): Promise<void> {
  await client.createTable({ BillingMode: "PAY_PER_REQUEST", ...input });
  await waitUntilTableExists(
    { client, maxWaitTime: 60, minDelay: 0.01, maxDelay: 0.1 },
    { TableName: input.TableName },
  );
}

/** Makes a table whose items have an owner and a number as their key, and fills it. */
export async function makeRunsTable(
  client: DynamoDB,
  table: string,
  items: readonly Record<string, AttributeValue>[],
  more: Partial<CreateTableCommandInput> = {},
): Promise<void> {
  await makeTable(client, {
    TableName: table,
    AttributeDefinitions: [
      { AttributeName: "owner", AttributeType: "S" },
      { AttributeName: "n", AttributeType: "N" },
    ],
    KeySchema: [
      { AttributeName: "owner", KeyType: "HASH" },
      { AttributeName: "n", KeyType: "RANGE" },
    ],
    ...more,
  });
  for (let left = [...items]; left.length > 0; ) {
    const puts = left.splice(0, 25).map((item) => ({ PutRequest: { Item: item } }));
    await client.batchWriteItem({ RequestItems: { [table]: puts } });
  }
}
