import type { AppRouter, Reason } from "@platform-api/server/router";
import { TRPCClientError } from "@trpc/client";

/**
 * What a call of the client rejects with: `error.data.reason` says why, `error.data` is absent without an answer. What
 * to do about a reason: its section in `dist/reasons.md` of this package.
 */
export type PlatformError = TRPCClientError<AppRouter>;

/**
 * The one word of a service that forwards reasons; the last is its own, for when platform-api gives no answer. What
 * happened and who can mend it: a section for each in `dist/reasons.md` of this package.
 */
export type ServiceReason = Reason | "PLATFORM_UNAVAILABLE";

export function isPlatformError(error: unknown): error is PlatformError {
  return error instanceof TRPCClientError;
}

/**
 * The server's reason, or null where the server gave none: unreachable, timed out, aborted, or no error of ours. What
 * to do about it: its section in `dist/reasons.md` of this package.
 */
export function reasonOf(error: unknown): Reason | null {
  return isPlatformError(error) ? (error.data?.reason ?? null) : null;
}

/**
 * Whether platform-api has said no, with a reason: the same call gets the same answer. RATE_LIMITED is no refusal
 * (it says nothing of the token) and no outage (the server is well): ask again after {@link retryAfterMs}.
 */
export function isRefusal(error: unknown): boolean {
  const status = statusOf(error);
  return reasonOf(error) !== null && status >= 400 && status < 500 && status !== 429;
}

/** The app's own token supplier has failed: nothing was asked, and `cause` is what it threw. */
export class TokenUnavailable extends Error {
  override readonly name = "TokenUnavailable";

  constructor(cause: unknown) {
    super("the token supplier failed", { cause });
  }
}

/** What a call ends with that platform-api has no part in. */
const OWN_CAUSES: ReadonlySet<string | undefined> = new Set(["AbortError", "TokenUnavailable"]);

/**
 * Whether platform-api could not say: it answered 5xx, or there was no answer of ours (unreachable, too slow, not
 * JSON, another server's error). Never report it as a bad token. An aborted call is no outage, nor is one whose token
 * supplier failed.
 */
export function isOutage(error: unknown): boolean {
  if (!isPlatformError(error) || OWN_CAUSES.has(error.cause?.name)) return false;
  return reasonOf(error) === null || statusOf(error) >= 500;
}

/** How long the server asked to wait (`Retry-After`, in seconds or as a date), in milliseconds; null if it did not. */
export function retryAfterMs(error: unknown): number | null {
  const response = isPlatformError(error) ? error.meta?.response : undefined;
  const value = response instanceof Response ? response.headers.get("retry-after") : null;
  if (value === null) return null;
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now());
}

const LOCAL_REFUSALS = {
  TOKEN_INVALID: { number: -32_001, code: "UNAUTHORIZED", httpStatus: 401 },
  INPUT_INVALID: { number: -32_600, code: "BAD_REQUEST", httpStatus: 400 },
} as const;

/** A refusal that needs no question: what could not even be sent. It reads like the server's own. */
export function localRefusal(reason: keyof typeof LOCAL_REFUSALS, message: string): PlatformError {
  const { number, code, httpStatus } = LOCAL_REFUSALS[reason];
  return TRPCClientError.from<AppRouter>({
    error: { code: number, message, data: { code, httpStatus, reason } },
  });
}

const TRANSIENT_STATUSES = new Set([502, 503, 504]);
/** What `fetch` rejects with when there is no connection, and when the attempt's time is up. */
const TRANSIENT_CAUSES = new Set(["TypeError", "TimeoutError"]);

/** Whether the same call may succeed in a moment. */
export function isTransient(error: PlatformError): boolean {
  if (error.data) return TRANSIENT_STATUSES.has(error.data.httpStatus);
  return error.cause !== undefined && TRANSIENT_CAUSES.has(error.cause.name);
}

function statusOf(error: unknown): number {
  return isPlatformError(error) ? (error.data?.httpStatus ?? 0) : 0;
}
