import { abortable, Refusal } from "../../../domain/index.ts";

/** One request to the store, all of its attempts included. */
export interface StoreRequest {
  /** For operators' logs: the type of item and the operation, never a value. */
  readonly what: string;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** @throws {Refusal} STORE_UNAVAILABLE when no reply arrives before the deadline or before `signal` aborts */
export async function sendRequest<T>(
  { what, deadlineMs, signal }: StoreRequest,
  send: (options: { abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
  try {
    abortSignal.throwIfAborted();
    // Some of the SDK's waits, such as the one for credentials, ignore the signal.
    return await abortable(send({ abortSignal }), abortSignal);
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : "unknown";
    throw new Refusal("STORE_UNAVAILABLE", `${what} failed: ${name}`, { cause });
  }
}

/** One deadline for an operation that takes several requests. */
export function sharedDeadline(
  { options }: { readonly options: Pick<StoreRequest, "deadlineMs"> },
  signal: AbortSignal,
): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(options.deadlineMs)]);
}
