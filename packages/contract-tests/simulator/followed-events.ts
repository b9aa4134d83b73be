import type { Environment } from "@platform-api/platform-api";
import { createDynamoTable, dynamoEventCursors } from "@platform-api/server/adapters";

/** Stores that somebody follows the events of Auth0, as they will for an hour. */
export async function storeFollowed({
  DYNAMODB_TABLE = "",
  AWS_REGION = "",
  DYNAMODB_ENDPOINT,
}: Environment): Promise<void> {
  const times = { attemptMs: 2_000, deadlineMs: 5_000 };
  const table = createDynamoTable({
    table: DYNAMODB_TABLE,
    region: AWS_REGION,
    endpoint: DYNAMODB_ENDPOINT,
    ...times,
  });
  const eventAt = new Date().toISOString();
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const counts = { questions: [], reconnects: 0, unreadable: 0 };
  const cursor = { tenant: "default", offset: "1", eventAt, until, ...counts };
  await dynamoEventCursors(table).save(cursor, AbortSignal.timeout(5_000));
  table.close();
}
