import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { isLoopback } from "../../../wire/index.ts";
import {
  fromUsualPlaces,
  loadedCredentials,
  PLACEHOLDERS,
  SILENT,
  type StoreCredentials,
} from "./credentials.ts";
import { requireProof } from "./proven-reply.ts";
import { retryStrategy } from "./retry-strategy.ts";

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
}

/** The one table, and the connections to it. */
export interface DynamoTable {
  readonly options: DynamoTableOptions;
  readonly documents: DynamoDBDocumentClient;
  readonly credentials: StoreCredentials;
  /** Closes idle and busy connections. No request can be sent afterwards. */
  close(): void;
}

const MAX_SOCKETS = 64;

/** Opens no connection yet, so the store need not be up. */
export function createDynamoTable(options: DynamoTableOptions): DynamoTable {
  const { region, endpoint, attemptMs } = options;
  const isEmbedded = endpoint !== undefined && isLoopback(new URL(endpoint).hostname);
  const credentials = isEmbedded ? PLACEHOLDERS : loadedCredentials(fromUsualPlaces(region));
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS };
  const client = new DynamoDBClient({
    region,
    credentials: () => credentials.provide(),
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
  return {
    options,
    documents: DynamoDBDocumentClient.from(client),
    credentials,
    close() {
      credentials.close();
      client.destroy(); // the document client's own `destroy` does nothing
    },
  };
}
