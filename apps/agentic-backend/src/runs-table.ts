import {
  CreateTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import type { Config } from "./config.ts";

type StoreConfig = Pick<Config, "RUNS_TABLE" | "DYNAMODB_ENDPOINT" | "AWS_REGION">;
const ATTEMPT_MS = 400;
/** Creating a table is slower than asking it. */
const CREATION_ATTEMPT_MS = 10_000;

/** Opens no connection yet. A loopback endpoint is an embedded store: it takes any credentials. */
export function connect(
  { AWS_REGION: region, DYNAMODB_ENDPOINT: endpoint }: StoreConfig,
  attemptMs = ATTEMPT_MS,
): DynamoDBClient {
  const isEmbedded = endpoint !== undefined && /^http:\/\/(127\.|localhost)/.test(endpoint);
  return new DynamoDBClient({
    region,
    maxAttempts: 3,
    requestHandler: { requestTimeout: attemptMs, throwOnRequestTimeout: true, socketTimeout: attemptMs },
    ...(endpoint !== undefined && { endpoint }),
    ...(isEmbedded && { credentials: { accessKeyId: "local", secretAccessKey: "local" } }),
  });
}

/** Creates the table unless it exists, and waits until it can be used. */
export async function createRunsTable(config: StoreConfig): Promise<void> {
  const client = connect(config, CREATION_ATTEMPT_MS);
  const TableName = config.RUNS_TABLE;
  const create = new CreateTableCommand({
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    KeySchema: [
      { AttributeName: "pk", KeyType: "HASH" },
      { AttributeName: "sk", KeyType: "RANGE" },
    ],
  });
  try {
    await client.send(create).catch((error: unknown) => {
      if (!(error instanceof ResourceInUseException)) throw error;
    });
    await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 0.05, maxDelay: 2 }, { TableName });
  } finally {
    client.destroy();
  }
}
