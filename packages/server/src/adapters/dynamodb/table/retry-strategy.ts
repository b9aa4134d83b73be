import type { DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { sleep } from "../../../domain/index.ts";

type RetryStrategy = Extract<
  NonNullable<DynamoDBClientConfig["retryStrategy"]>,
  { acquireInitialRetryToken: unknown }
>;
type RetryToken = Awaited<ReturnType<RetryStrategy["acquireInitialRetryToken"]>>;

const MAX_ATTEMPTS = 3;
const BASE_DELAY_MS = 25;
const MAX_PAUSE_MS = 400;

/**
 * What an attempt at a request meets: DynamoDB refuses it, or a part of it, because the table or one of its partitions is
 * asked for too much; or it is made again, for whatever reason. A throttled attempt is often both.
 */
export type StoreTrouble = "throttled" | "retried";

/** Of a part of a transaction. */
const THROTTLED = ["ThrottlingError", "ProvisionedThroughputExceeded"];

/**
 * Three attempts, with jittered pauses of at most 25 ms and 50 ms. A single write is repeated too while a transaction
 * changes its item; a cancelled transaction is not, because its items may have changed. The SDK's own strategy waits up
 * to 1 s before it repeats a throttled request, which is the whole deadline. It also stops retrying after about 35
 * retries, so that the outcome of a request would depend on earlier requests.
 */
export function retryStrategy(onTrouble: (trouble: StoreTrouble) => void): RetryStrategy {
  return {
    acquireInitialRetryToken: async () => token(0),
    refreshRetryTokenForRetry: async (previous, { errorType, error }) => {
      const retries = previous.getRetryCount() + 1;
      const isFinal = errorType === "CLIENT_ERROR" && !isNamed(error, "TransactionConflictException");
      const isThrottled = errorType === "THROTTLING" && !isNamed(error, "TransactionInProgressException");
      if (isThrottled || hasThrottledPart(error)) onTrouble("throttled");
      if (isFinal || retries >= MAX_ATTEMPTS) throw new Error("no attempts left");
      onTrouble("retried");
      return token(retries);
    },
    recordSuccess: () => {},
  };
}

/**
 * Pauses before the keys are read again that a throttled store left out: longer each time, by a random half, so that
 * those who are throttled together come apart. Ends early when the signal aborts.
 * @param times how often they have been left out already
 */
export async function backOff(times: number, random: () => number, signal: AbortSignal): Promise<void> {
  const ms = Math.min(BASE_DELAY_MS * 2 ** times, MAX_PAUSE_MS) * (0.5 + random() / 2);
  await sleep(ms, signal).catch(() => {});
}

/** The SDK has no class of retryable errors for a conflict, and takes a transaction in progress for throttling. */
function isNamed(
  error: unknown,
  name: "TransactionConflictException" | "TransactionInProgressException",
): boolean {
  return error instanceof Error && error.name === name;
}

/** Of a cancelled transaction, which its verb decides and makes again. */
function hasThrottledPart(error: unknown): boolean {
  const reasons = error instanceof Error && "CancellationReasons" in error ? error.CancellationReasons : [];
  return Array.isArray(reasons) && reasons.some(({ Code }) => THROTTLED.includes(String(Code)));
}

function token(retries: number): RetryToken {
  const delayMs = retries === 0 ? 0 : Math.random() * BASE_DELAY_MS * 2 ** (retries - 1);
  return { getRetryCount: () => retries, getRetryDelay: () => delayMs };
}
