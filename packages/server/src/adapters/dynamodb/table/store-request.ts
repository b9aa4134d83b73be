import { abortable, Refusal } from "../../../domain/index.ts";
import type { DynamoTable } from "./table.ts";

/** One request to the store, all of its attempts included. */
export interface Question {
  /** For operators' logs: the type of item and what was done to it, never a value. */
  readonly what: string;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** @throws {Refusal} STORE_UNAVAILABLE when there is no answer before the deadline or before `signal` aborts */
export async function ask<T>(
  { what, deadlineMs, signal }: Question,
  send: (options: { abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
  try {
    abortSignal.throwIfAborted();
    // Some of the SDK's waits, as the one for credentials, do not heed the signal.
    return await abortable(send({ abortSignal }), abortSignal);
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : "unknown";
    throw new Refusal("STORE_UNAVAILABLE", `${what} failed: ${name}`, { cause });
  }
}

/** The one deadline of an answer that takes several requests. */
export function sharedDeadline({ options }: DynamoTable, signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(options.deadlineMs)]);
}
