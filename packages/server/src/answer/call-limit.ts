import { Refusal } from "../domain/index.ts";

/**
 * Counts one call by its key.
 * @returns how many seconds it takes until the key may call again; null if this call is within the limit
 */
export type CountCall = (key: string) => number | null;

/** @throws {Refusal} RATE_LIMITED */
export function limitCalls(count: CountCall, key: string, what: string): void {
  const retryAfterSeconds = count(key);
  if (retryAfterSeconds === null) return;
  throw new Refusal("RATE_LIMITED", `too many ${what}`, { retryAfterSeconds });
}
