import { abortable, identifierOf, Refusal, readOutsideCaches, within } from "../../../domain/index.ts";

/** What requests do, for logs, and the operation that does it, as DynamoDB calls it. */
export const STORE_OPERATIONS = {
  reading: "GetItem",
  "reading many": "BatchGetItem",
  listing: "Query",
  scanning: "Scan",
  storing: "PutItem",
  changing: "UpdateItem",
  committing: "TransactWriteItems",
} as const;

export type StoreOperation = (typeof STORE_OPERATIONS)[keyof typeof STORE_OPERATIONS];

/** Connections to the store. */
export const MAX_SOCKETS = 64;

/** One request to the store, all of its attempts included. */
export interface StoreRequest {
  /** For operators' logs: the type of item and the operation, never a value. */
  readonly what: string;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** Deadlines of several requests, which need none of their own. */
const shared = new WeakSet<AbortSignal>();

/** @throws {Refusal} STORE_UNAVAILABLE when no reply arrives before the deadline or before `signal` aborts */
export async function sendRequest<T>(
  { what, deadlineMs, signal }: StoreRequest,
  send: (options: { abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  readOutsideCaches();
  try {
    const work = (abortSignal: AbortSignal) => {
      abortSignal.throwIfAborted();
      // Some of the SDK's waits, such as the one for credentials, ignore the signal.
      return abortable(send({ abortSignal }), abortSignal);
    };
    return await (shared.has(signal) ? work(signal) : withDeadline({ deadlineMs }, signal, work));
  } catch (cause) {
    const name = cause instanceof Error ? identifierOf(cause.name) : "unknown";
    throw new Refusal("STORE_UNAVAILABLE", `${what} failed: ${name}`, { cause });
  }
}

/** Gives `work`, which may take several requests, one signal that aborts at the deadline or with `signal`. */
export function withDeadline<T>(
  { deadlineMs }: Pick<StoreRequest, "deadlineMs">,
  signal: AbortSignal,
  work: (deadline: AbortSignal) => Promise<T>,
): Promise<T> {
  return within(deadlineMs, signal, (deadline) => {
    shared.add(deadline);
    return work(deadline);
  });
}
