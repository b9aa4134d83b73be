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
 * Three attempts, with jittered pauses of at most 25 ms and 50 ms. A single write is repeated too while a transaction
 * changes its item; a cancelled transaction is not, because its items may have changed. The SDK's own strategy waits up
 * to 1 s before it repeats a throttled request, which is the whole deadline. It also stops retrying after about 35
 * retries, so that the outcome of a request would depend on earlier requests.
 */
export const retryStrategy: RetryStrategy = {
  acquireInitialRetryToken: async () => token(0),
  refreshRetryTokenForRetry: async (previous, { errorType, error }) => {
    const retries = previous.getRetryCount() + 1;
    const isFinal = errorType === "CLIENT_ERROR" && !isConflict(error);
    if (isFinal || retries >= MAX_ATTEMPTS) throw new Error("no attempts left");
    return token(retries);
  },
  recordSuccess: () => {},
};

/**
 * Pauses before the keys are read again that a throttled store left out: longer each time, by a random half, so that
 * those who are throttled together come apart. Ends early when the signal aborts.
 * @param times how often they have been left out already
 */
export async function backOff(times: number, random: () => number, signal: AbortSignal): Promise<void> {
  const ms = Math.min(BASE_DELAY_MS * 2 ** times, MAX_PAUSE_MS) * (0.5 + random() / 2);
  await sleep(ms, signal).catch(() => {});
}

/** The SDK has no class of retryable errors for it. */
function isConflict(error: unknown): boolean {
  return error instanceof Error && error.name === "TransactionConflictException";
}

function token(retries: number): RetryToken {
  const delayMs = retries === 0 ? 0 : Math.random() * BASE_DELAY_MS * 2 ** (retries - 1);
  return { getRetryCount: () => retries, getRetryDelay: () => delayMs };
}
