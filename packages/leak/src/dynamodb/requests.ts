import { setTimeout as pause } from "node:timers/promises";
import { DynamoDB, DynamoDBServiceException } from "@aws-sdk/client-dynamodb";
import { LeakProblem } from "../model.ts";

export interface DynamodbAddress {
  readonly table: string;
  readonly region: string;
  /** Only outside AWS. */
  readonly endpoint?: string | undefined;
}

/** Sends a request, as often as it takes while the table is busy. */
export type Send = <Reply>(
  request: (client: DynamoDB, options: { readonly abortSignal: AbortSignal }) => Promise<Reply>,
  signal: AbortSignal,
) => Promise<Reply>;

const PAUSE_MS = { first: 50, most: 20_000 };
/** Of a request that was not answered. Each is safe to repeat. */
const MOST_FAILURES = 4;
/** The SDK's own log would be in the middle of the command's lines. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

export function createSend({ table, region, endpoint }: DynamodbAddress): { send: Send; close(): void } {
  const isLocal = endpoint !== undefined && /^https?:\/\/(127\.|localhost|\[::1\])/.test(endpoint);
  const client = new DynamoDB({
    region,
    logger: SILENT,
    maxAttempts: 1, // those of the SDK end after a while
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(isLocal ? { credentials: PLACEHOLDERS } : {}),
  });
  const send: Send = async (request, signal) => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await request(client, { abortSignal: signal });
      } catch (error) {
        signal.throwIfAborted();
        if (!isBusy(error) && !(isTransient(error) && attempt < MOST_FAILURES))
          throw problemOf(error, table) ?? error;
        const longestMs = Math.min(PAUSE_MS.most, PAUSE_MS.first * 2 ** attempt);
        await pause(longestMs * (0.5 + Math.random() / 2), undefined, { signal });
      }
    }
  };
  return { send, close: () => client.destroy() };
}

/** A store on this machine accepts any signature. */
const PLACEHOLDERS = { accessKeyId: "local", secretAccessKey: "local" };

const BUSY = new Set([
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ThrottlingException",
  "TransactionInProgressException",
]);
const BUSY_REASONS = new Set(["ProvisionedThroughputExceeded", "ThrottlingError", "TransactionConflict"]);

/** Whether the request had no effect because the table, or one of its items, is busy. */
function isBusy(error: unknown): boolean {
  const reasons = cancellationsOf(error).filter((code) => code !== "None");
  return BUSY.has(nameOf(error)) || (reasons.length > 0 && reasons.every((code) => BUSY_REASONS.has(code)));
}

/** Whether the store, or the way to it, failed for a moment. */
function isTransient(error: unknown): boolean {
  return codeOf(error) !== null || nameOf(error) === "TimeoutError" || statusOf(error) >= 500;
}

/** Node's code of an error of the network, also where the SDK has wrapped it. */
function codeOf(error: unknown): string | null {
  return error instanceof Error && "code" in error ? String(error.code) : null;
}

function statusOf(error: unknown): number {
  return error instanceof DynamoDBServiceException ? (error.$metadata.httpStatusCode ?? 0) : 0;
}

/** Why each operation of a refused transaction was refused, `None` where it was not. */
export function cancellationsOf(error: unknown): readonly string[] {
  if (!(error instanceof Error && "CancellationReasons" in error)) return [];
  const reasons: readonly unknown[] = Array.isArray(error.CancellationReasons)
    ? error.CancellationReasons
    : [];
  return reasons.map((reason) =>
    typeof reason === "object" && reason !== null && "Code" in reason ? String(reason.Code) : "None",
  );
}

export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "";
}

/** What an operator can fix; null for what else a request is refused for. */
function problemOf(error: unknown, table: string): LeakProblem | null {
  const name = nameOf(error);
  const fix = FIXES.find(([names]) => names.test(name))?.[1];
  if (fix !== undefined) return new LeakProblem(`${table}: ${fix}`, { cause: error });
  if (!isTransient(error)) return null;
  const why = `DynamoDB cannot be reached (${codeOf(error) ?? name})`;
  return new LeakProblem(`${table}: ${why}: check AWS_REGION, DYNAMODB_ENDPOINT and the network`, {
    cause: error,
  });
}

const FIXES: readonly (readonly [RegExp, string])[] = [
  [
    /^ResourceNotFoundException$/,
    "there is no such table in this account and region: check --dynamodb and AWS_REGION",
  ],
  [
    /^AccessDenied/,
    "these credentials may not do this: reading needs dynamodb:DescribeTable and dynamodb:Scan, planning BatchGetItem too, changing PutItem, UpdateItem and DeleteItem too",
  ],
  [
    /^CredentialsProviderError$/,
    "no AWS credentials could be loaded: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
  ],
  [
    /^(UnrecognizedClient|ExpiredToken|InvalidSignature|IncompleteSignature|MissingAuthenticationToken)/,
    "AWS does not accept these credentials: renew them",
  ],
];
