import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import type { OnUpstream } from "../../timed.ts";
import { SILENT } from "./credentials.ts";
import { leaveOut } from "./left-out.ts";
import { requireProof } from "./proven-reply.ts";
import { type backOff, retryStrategy } from "./retry-strategy.ts";
import { MAX_SOCKETS } from "./store-request.ts";

/** The operations on items that this process uses, as DynamoDB calls them. */
export type StoreOperation =
  | "GetItem"
  | "BatchGetItem"
  | "Query"
  | "Scan"
  | "PutItem"
  | "UpdateItem"
  | "DeleteItem"
  | "TransactWriteItems";

export interface DynamoTableOptions {
  /** The table's name, at least three characters. */
  readonly table: string;
  readonly region: string;
  /** Only outside AWS. Requests to a loopback endpoint (the embedded store) are signed with placeholders. */
  readonly endpoint?: string | undefined;
  /** How long one attempt may take, the wait for a connection included. */
  readonly attemptMs: number;
  /** How long one operation may take, with all of its requests and attempts. */
  readonly deadlineMs: number;
  readonly onUpstream?: OnUpstream<StoreOperation>;
  /** 0 ≤ x < 1, for the pauses of {@link backOff}. */
  readonly random?: () => number;
}

/** The AWS SDK's client for one table. `table.ts` loads this file at the first request. */
export interface StoreClient {
  readonly documents: DynamoDBDocument;
  /** Closes idle and busy connections. No request can be sent afterwards. */
  close(): void;
}

/** Opens no connection yet. */
export function createStoreClient(
  { region, endpoint, attemptMs }: DynamoTableOptions,
  credentials: NonNullable<DynamoDBClientConfig["credentials"]>,
): StoreClient {
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS };
  const client = new DynamoDBClient({
    region,
    credentials,
    logger: SILENT,
    retryStrategy,
    requestHandler: {
      requestTimeout: attemptMs, // from the wait for a connection to the end of the response's headers
      throwOnRequestTimeout: true, // otherwise the SDK only warns
      socketTimeout: attemptMs, // inactivity, while the response's body is read
      httpAgent: agent,
      httpsAgent: agent,
      logger: SILENT,
    },
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  requireProof(client);
  leaveOut(client);
  return {
    documents: DynamoDBDocument.from(client),
    close: () => client.destroy(), // the document client's own `destroy` does nothing
  };
}
