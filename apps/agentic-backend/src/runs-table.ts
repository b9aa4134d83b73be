import { DynamoDB, ResourceInUseException, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import type { Config } from "./config.ts";

const LOOPBACK = /^(localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/;

/** Does not open a connection yet. A loopback endpoint is the embedded store, which accepts any credentials. */
export function connect({ AWS_REGION: region, DYNAMODB_ENDPOINT: endpoint = "" }: Config): DynamoDB {
  const isEmbedded = LOOPBACK.test(URL.parse(endpoint)?.hostname ?? "");
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  return new DynamoDB({ region, ...(endpoint && { endpoint }), ...(isEmbedded && { credentials }) });
}

/** Creates the table unless it exists, and waits until it is active. */
export async function createRunsTable(config: Config): Promise<void> {
  const client = connect(config);
  const TableName = config.RUNS_TABLE;
  try {
    await client.createTable({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
    });
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 0.05, maxDelay: 2 }, { TableName });
}
