import { DynamoDB, ResourceInUseException, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import type { Config } from "./config.ts";

/**
 * Does not open a connection yet. An endpoint without TLS is an embedded store, which accepts any credentials: real ones
 * never sign a request that the network can read.
 */
export function connect({ AWS_REGION: region, DYNAMODB_ENDPOINT: endpoint = "" }: Config): DynamoDB {
  const isEmbedded = URL.parse(endpoint)?.protocol === "http:";
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
