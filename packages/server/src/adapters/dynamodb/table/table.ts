import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { fromUsualPlaces, loadedCredentials, PLACEHOLDERS, type StoreCredentials } from "./credentials.ts";
import { requireProof } from "./proven-reply.ts";
import { retryStrategy } from "./retry-strategy.ts";

export interface DynamoTableOptions {
  /** The table's name, at least three characters. */
  readonly table: string;
  readonly region: string;
  /** Only outside AWS. A loopback endpoint (the embedded store) is signed for with placeholder credentials. */
  readonly endpoint?: string | undefined;
  /** How long one attempt may take, the wait for a connection included. */
  readonly attemptMs: number;
  /** How long one question to the store may take, all of its attempts and requests together. */
  readonly deadlineMs: number;
}

/** The one table, and the connections to it. */
export interface DynamoTable {
  readonly options: DynamoTableOptions;
  readonly documents: DynamoDBDocumentClient;
  readonly credentials: StoreCredentials;
  /** Closes idle and busy connections; nothing can be asked afterwards. */
  close(): void;
}

const MAX_SOCKETS = 64;
/** The SDK would otherwise warn on stderr about a full pool. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** Opens no connection yet: the store need not be up. */
export function createDynamoTable(options: DynamoTableOptions): DynamoTable {
  const { region, endpoint } = options;
  const isEmbedded = endpoint !== undefined && isLoopback(endpoint);
  const credentials = isEmbedded ? PLACEHOLDERS : loadedCredentials(fromUsualPlaces(region));
  const client = new DynamoDBClient({
    ...clientConfig(options),
    credentials: () => credentials.provide(),
  });
  requireProof(client);
  const documents = DynamoDBDocumentClient.from(client);
  return {
    options,
    documents,
    credentials,
    close() {
      credentials.close();
      client.destroy(); // the document client's own `destroy` does nothing
    },
  };
}

function clientConfig({ region, endpoint, attemptMs }: DynamoTableOptions): DynamoDBClientConfig {
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS };
  return {
    region,
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
  };
}

function isLoopback(endpoint: string): boolean {
  const { hostname } = new URL(endpoint);
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
