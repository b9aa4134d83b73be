import type { AppRouter, Reason } from "@platform-api/server/router";
import { TRPCClientError } from "@trpc/client";

/** What a call of the client rejects with: `error.data.reason` says why, `error.data` is absent without an answer. */
export type PlatformError = TRPCClientError<AppRouter>;

export function isPlatformError(error: unknown): error is PlatformError {
  return error instanceof TRPCClientError;
}

/** The server's reason, or null where the server gave none: unreachable, timed out, aborted, or no error of ours. */
export function reasonOf(error: unknown): Reason | null {
  return isPlatformError(error) ? (error.data?.reason ?? null) : null;
}

const TRANSIENT_STATUSES = new Set([502, 503, 504]);
/** What `fetch` rejects with when there is no connection, and when the attempt's time is up. */
const TRANSIENT_CAUSES = new Set(["TypeError", "TimeoutError"]);

/** Whether the same call may succeed in a moment. */
export function isTransient(error: PlatformError): boolean {
  if (error.data) return TRANSIENT_STATUSES.has(error.data.httpStatus);
  return error.cause !== undefined && TRANSIENT_CAUSES.has(error.cause.name);
}
