import { DynamoDB, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import type { OnWait } from "../../../domain/index.ts";
import type { Clock } from "../../clock.ts";
import type { OnUpstream } from "../../timed.ts";
import { SILENT } from "./credentials.ts";
import { requireProof } from "./proven-reply.ts";
import { type backOff, retryStrategy, type StoreTrouble } from "./retry-strategy.ts";
import { KEEP_STEPS, keepSteps } from "./sdk-steps.ts";
import type { StoreClock } from "./store-clock.ts";
import { MAX_SOCKETS, type StoreOperation } from "./store-request.ts";

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
  readonly onTrouble?: (trouble: StoreTrouble) => void;
  readonly onWait?: OnWait;
  /** 0 ≤ x < 1, for the pauses of {@link backOff}. */
  readonly random?: () => number;
  /** How many days entries of the audit are kept that are written from now on; for good if it is not given. */
  readonly auditDays?: number | undefined;
  /** What the store's time is counted on between its replies. */
  readonly clock?: Clock;
}

/**
 * The AWS SDK's client for one table; opens no connection yet. `table.ts` loads this file at the first request. Items are
 * converted beside each request: the SDK's document client makes a second command for each, and cannot keep the steps.
 */
export function createStoreClient(
  { region, endpoint, attemptMs, onTrouble = () => {} }: DynamoTableOptions,
  credentials: NonNullable<DynamoDBClientConfig["credentials"]>,
  storeClock: StoreClock,
): DynamoDB {
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS };
  const client = new DynamoDB({
    region,
    credentials,
    ...KEEP_STEPS,
    logger: SILENT,
    retryStrategy: retryStrategy(onTrouble),
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
  keepSteps(client, storeClock);
  return client;
}
