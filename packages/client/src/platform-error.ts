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

/** In the errors' `meta`: a program may have clients of other tRPC servers, whose errors are of the same class. */
const SERVICE = "platform-api";

/** The error that a call ends with, of what went wrong and, where there was one, the HTTP answer. */
export function platformError(cause: object, response?: Response): PlatformError {
  return TRPCClientError.from<AppRouter>(cause, {
    meta: { service: SERVICE, ...(response && { response }) },
  });
}

/** Whether a call of this package's client ended with it, or the validator did; not the error of another tRPC client. */
export function isPlatformError(error: unknown): error is PlatformError {
  return error instanceof TRPCClientError && error.meta?.service === SERVICE;
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
 * (it says nothing of the token) and no outage (the server is well): ask again after {@link retryAfterMs}. Nor is a
 * 429 of a proxy, which has no reason.
 */
export function isRefusal(error: unknown): boolean {
  const status = statusOf(error);
  return reasonOf(error) !== null && status >= 400 && status < 500 && status !== 429;
}

/** The app's own token supplier has failed or is too slow: nothing was asked, and `cause` is what went wrong. */
export class TokenUnavailable extends Error {
  override readonly name = "TokenUnavailable";

  constructor(cause: unknown) {
    super("the token supplier failed", { cause });
  }
}

/** What a call ends with that platform-api has no part in. */
const OWN_CAUSES: ReadonlySet<string | undefined> = new Set(["AbortError", "TokenUnavailable"]);

/**
 * Whether platform-api could not say: it answered 5xx, or there was no answer of its own (unreachable, too slow, not
 * JSON, a redirect, another server's error). Never report it as a bad token. An aborted call is no outage, nor is one
 * whose token could not be had.
 */
export function isOutage(error: unknown): boolean {
  if (!isPlatformError(error) || OWN_CAUSES.has(error.cause?.name)) return false;
  const status = statusOf(error);
  return status !== 429 && (reasonOf(error) === null || status >= 500);
}

/**
 * How long the server, or a proxy in its place, asked to wait (`Retry-After`, in seconds or as a date), in
 * milliseconds; null if it did not.
 */
export function retryAfterMs(error: unknown): number | null {
  const value = responseOf(error)?.headers.get("retry-after") ?? "";
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  // `Date.parse` alone would read "5, 5", of two proxies, as a day in May.
  const date = /^[A-Z][a-z]+,? /.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now());
}

const LOCAL_REFUSALS = {
  TOKEN_INVALID: { number: -32_001, code: "UNAUTHORIZED", httpStatus: 401 },
  INPUT_INVALID: { number: -32_600, code: "BAD_REQUEST", httpStatus: 400 },
} as const;

/** A refusal that needs no question: what could not even be sent. It reads like the server's own. */
export function localRefusal(reason: keyof typeof LOCAL_REFUSALS, message: string): PlatformError {
  const { number, code, httpStatus } = LOCAL_REFUSALS[reason];
  return platformError({ error: { code: number, message, data: { code, httpStatus, reason } } });
}

const TRANSIENT_STATUSES = new Set([502, 503, 504]);
/** What `fetch` rejects with when there is no connection, and when the attempt's time is up. */
const TRANSIENT_CAUSES = new Set(["TypeError", "TimeoutError"]);

/** Whether the same call may succeed in a moment; a status says so whoever has answered it. */
export function isTransient(error: PlatformError): boolean {
  const status = statusOf(error);
  if (status >= 300) return TRANSIENT_STATUSES.has(status);
  return error.cause !== undefined && TRANSIENT_CAUSES.has(error.cause.name);
}

/** platform-api's own status, else that of whoever answered in its place; 0 where there is none. */
export function statusOf(error: unknown): number {
  if (!isPlatformError(error)) return 0;
  return error.data?.httpStatus ?? responseOf(error)?.status ?? 0;
}

interface HttpAnswer {
  readonly status: number;
  readonly headers: Pick<Headers, "get">;
}

function responseOf(error: unknown): HttpAnswer | null {
  const response = isPlatformError(error) ? error.meta?.response : undefined;
  return isHttpAnswer(response) ? response : null;
}

/** By its shape: where `fetch` is not the global one, neither is the class of what it resolves with. */
function isHttpAnswer(value: unknown): value is HttpAnswer {
  if (typeof value !== "object" || value === null || !("status" in value && "headers" in value)) return false;
  const { headers } = value;
  return typeof headers === "object" && headers !== null && "get" in headers;
}
