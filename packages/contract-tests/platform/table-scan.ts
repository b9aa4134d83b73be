import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, paginateScan } from "@aws-sdk/lib-dynamodb";

export type Item = Readonly<Record<string, unknown>>;

/** Reads all items of a table of the embedded store. */
export async function scan(endpoint: string, table: string): Promise<Item[]> {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const connection = new DynamoDBClient({ endpoint, region: "eu-central-1", credentials });
  const client = DynamoDBDocumentClient.from(connection);
  try {
    const items: Item[] = [];
    for await (const page of paginateScan({ client }, { TableName: table }))
      items.push(...(page.Items ?? []));
    return items;
  } finally {
    connection.destroy();
  }
}
