import type { AttributeValue, CreateTableCommandInput, DynamoDB } from "@aws-sdk/client-dynamodb";

/** Makes a table whose items have an owner and a number as their key, and fills it. */
export async function makeRunsTable(
  client: DynamoDB,
  table: string,
  items: readonly Record<string, AttributeValue>[],
  more: Partial<CreateTableCommandInput> = {},
): Promise<void> {
  await client.createTable({
    TableName: table,
    BillingMode: "PAY_PER_REQUEST",
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
