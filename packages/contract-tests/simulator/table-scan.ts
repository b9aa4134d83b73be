import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, paginateScan } from "@aws-sdk/lib-dynamodb";

export type Item = Readonly<Record<string, unknown>>;

/**
 * Reads all items of a table of the embedded store but the notices of changes, with their attributes in one order, which
 * DynamoDB does not keep.
 */
export async function scan(endpoint: string, table: string): Promise<Item[]> {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const connection = new DynamoDBClient({ endpoint, region: "eu-central-1", credentials });
  const client = DynamoDBDocumentClient.from(connection);
  try {
    const items: Item[] = [];
    for await (const page of paginateScan({ client }, { TableName: table }))
      items.push(...(page.Items ?? []));
    const lasting = items.filter(({ type }) => type !== "notice");
    return lasting.map((item) => JSON.parse(JSON.stringify(item, inOrder)));
  } finally {
    connection.destroy();
  }
}

function inOrder(_: string, value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
