import type { DynamoDBDocument, ScanCommandInput } from "@aws-sdk/lib-dynamodb";
import { timed } from "../../timed.ts";
import type { Key } from "./keys.ts";
import { backOff } from "./retry-strategy.ts";
import type { StoreOperation } from "./store-client.ts";
import { sendRequest } from "./store-request.ts";
import type { StoredItem } from "./stored-item.ts";
import { type DynamoTable, inOneDeadline } from "./table.ts";

/** What requests do, for logs, and the operation that does it. */
const OPERATIONS = {
  reading: "GetItem",
  "reading many": "BatchGetItem",
  listing: "Query",
  scanning: "Scan",
  storing: "PutItem",
  changing: "UpdateItem",
  deleting: "DeleteItem",
} as const satisfies Record<string, StoreOperation>;

/** DynamoDB's limit for one request. */
const MAX_BATCH = 100;

/** What a request for items needs, and how it is sent. @param type of the items, for logs */
export function requestsOf({ documents, options, turns }: DynamoTable, type: string) {
  const { table: TableName, deadlineMs, onUpstream = () => {} } = options;
  const send = <Reply>(
    verb: keyof typeof OPERATIONS,
    signal: AbortSignal,
    request: (documents: DynamoDBDocument, options: { abortSignal: AbortSignal }) => Promise<Reply>,
  ) =>
    turns.run(signal, () =>
      timed(
        () =>
          sendRequest({ what: `${type}: ${verb}`, deadlineMs, signal }, async (options) =>
            request(await documents(), options),
          ),
        (outcome, ms) => onUpstream(OPERATIONS[verb], outcome, ms),
      ),
    );
  return { TableName, send };
}

/** The items that exist, as they are stored, in any order and in as few requests as possible; read consistently. */
export function getRaw(
  table: DynamoTable,
  type: string,
  keys: readonly Key[],
  signal: AbortSignal,
): Promise<StoredItem[]> {
  const { TableName, send } = requestsOf(table, type);
  const { random = Math.random } = table.options;
  return inOneDeadline(table, signal, async (deadline) => {
    const found: StoredItem[] = [];
    let wanted = keys.map(({ pk, sk }) => ({ pk, sk }));
    for (let leftOut = 0; wanted.length > 0; ) {
      const batch = { Keys: wanted.splice(0, MAX_BATCH), ConsistentRead: true };
      const input = { RequestItems: { [TableName]: batch }, ReturnConsumedCapacity: "TOTAL" } as const;
      const page = await send("reading many", deadline, (documents, options) =>
        documents.batchGet(input, options),
      );
      for (const item of page.Responses?.[TableName] ?? []) found.push(item);
      const unprocessed = page.UnprocessedKeys?.[TableName]?.Keys ?? [];
      wanted = [...wanted, ...unprocessed.map(({ pk, sk }) => ({ pk, sk }))];
      if (unprocessed.length > 0) await backOff(leftOut++, random, deadline);
    }
    return found;
  });
}

/** The pages of a scan of the whole table. Writes of the last second may be missing. */
export async function* scanRaw(
  table: DynamoTable,
  type: string,
  filter: Partial<ScanCommandInput>,
  signal: AbortSignal,
): AsyncIterable<readonly StoredItem[]> {
  const { TableName, send } = requestsOf(table, type);
  let ExclusiveStartKey: StoredItem | undefined;
  do {
    const input = { ...filter, TableName, ExclusiveStartKey };
    const page = await send("scanning", signal, (documents, options) => documents.scan(input, options));
    yield page.Items ?? [];
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
}
