import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { BatchWriteCommand, DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { scan } from "../simulator/table-scan.ts";

/** DynamoDB accepts 25 items in one request. */
const AT_ONCE = 25;

/**
 * Copies a table of the embedded store, which has no point-in-time recovery, into a new one: the items of this moment with
 * the keys and indexes, and without the table's protection. This is what DynamoDB restores.
 */
export async function restoreInto(
  endpoint: string,
  { from, to }: { from: string; to: string },
): Promise<void> {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const connection = new DynamoDBClient({ endpoint, region: "eu-central-1", credentials });
  const client = DynamoDBDocumentClient.from(connection);
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: from }));
    const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } = Table ?? {};
    const indexes = GlobalSecondaryIndexes?.map(({ IndexName, KeySchema, Projection }) => {
      return { IndexName, KeySchema, Projection };
    });
    const definition = { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes: indexes };
    await client.send(
      new CreateTableCommand({ TableName: to, BillingMode: "PAY_PER_REQUEST", ...definition }),
    );
    await waitUntilTableExists(
      { client: connection, maxWaitTime: 60, minDelay: 0.01, maxDelay: 0.1 },
      { TableName: to },
    );
    const items = await scan(endpoint, from);
    for (let first = 0; first < items.length; first += AT_ONCE) {
      const puts = items.slice(first, first + AT_ONCE).map((Item) => ({ PutRequest: { Item } }));
      const { UnprocessedItems = {} } = await client.send(
        new BatchWriteCommand({ RequestItems: { [to]: puts } }),
      );
      if (Object.keys(UnprocessedItems).length > 0) throw new Error("the store did not take every item");
    }
  } finally {
    connection.destroy();
  }
}
