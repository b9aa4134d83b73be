import { Refusal } from "../domain/index.ts";

/**
 * Counts a call by its key, once or so many times.
 * @returns how many seconds it takes until the key may call again; null if this call is within the limit
 */
export type CountCall = (key: string, times?: number) => number | null;

/** @throws {Refusal} RATE_LIMITED */
export function limitCalls(count: CountCall, key: string, what: string, times = 1): void {
  const retryAfterSeconds = count(key, times);
  if (retryAfterSeconds === null) return;
  throw new Refusal("RATE_LIMITED", `too many ${what}`, { retryAfterSeconds });
}
