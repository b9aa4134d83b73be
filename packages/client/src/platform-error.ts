import type { AppRouter, Reason } from "@platform-api/server/router";
import { TRPCClientError } from "@trpc/client";
import type { IfInstalled, InstalledError } from "./installed-trpc.ts";

/**
 * The error that a client's call rejects with. `error.data.reason` says why; without a response there is no `error.data`.
 * `dist/reasons.md` of this package has a section for each reason and says what to do about it.
 */
export type PlatformError = IfInstalled<InstalledError, TRPCClientError<AppRouter>>;

/**
 * The reason in the answer of a service that forwards platform-api's reasons. PLATFORM_UNAVAILABLE is its own, for when
 * platform-api does not answer. `dist/reasons.md` of this package has a section for each: what happened, who can fix it.
 */
export type ServiceReason = Reason | "PLATFORM_UNAVAILABLE";

/** Marks the errors in their `meta`: clients of other tRPC servers in the same program throw errors of the same class. */
const SERVICE = "platform-api";

/** The error of a failed call, with its cause, the HTTP response, if there was one, and the address that was called. */
export function platformError(cause: object, response?: Response, address?: string): PlatformError {
  return TRPCClientError.from<AppRouter>(cause, {
    meta: { service: SERVICE, address, ...(response && { response }) },
  });
}

/** The address that the failed call was sent to; null for an error that no call has caused. */
export function addressOf(error: PlatformError): string | null {
  const address = error.meta?.address;
  return typeof address === "string" ? address : null;
}

/** A class that is a kind of `Error`. */
export interface ErrorClass {
  readonly prototype: Error;
}

/**
 * Makes every error of this package an instance of the app's own `TRPCClientError`, too. The package has its own copy of
 * tRPC, because depending on tRPC would install TypeScript.
 */
export function extendErrorClass(errorClass: ErrorClass): void {
  const { prototype } = Object(errorClass);
  if (prototype === TRPCClientError.prototype) return;
  if (!(prototype instanceof Error) || prototype instanceof TRPCClientError) {
    throw new TypeError("errorClass must be your own tRPC's TRPCClientError");
  }
  Object.setPrototypeOf(TRPCClientError.prototype, prototype);
}

/** Whether the error comes from this package's client or token validator, and not from another tRPC client. */
export function isPlatformError(error: unknown): error is PlatformError {
  return error instanceof TRPCClientError && error.meta?.service === SERVICE;
}

/**
 * The reason that the server sent; null if it sent none (unreachable, timed out, aborted), or if the error does not come
 * from this package. `dist/reasons.md` of this package has a section for each reason and says what to do about it.
 */
export function reasonOf(error: unknown): Reason | null {
  return isPlatformError(error) ? (error.data?.reason ?? null) : null;
}

/**
 * Whether platform-api refused the call with a reason; the same call would get the same answer. RATE_LIMITED is neither a
 * refusal (it says nothing about the token) nor an outage (the server is healthy): retry after {@link retryAfterMs}. The
 * same applies to a proxy's 429, which has no reason.
 */
export function isRefusal(error: unknown): boolean {
  const status = statusOf(error);
  return reasonOf(error) !== null && status >= 400 && status < 500 && status !== 429;
}

/** The app's own token supplier failed or timed out, so that no request was sent. `cause` is its error. */
export class TokenUnavailable extends Error {
  override readonly name = "TokenUnavailable";

  constructor(cause: unknown) {
    super("the token supplier failed", { cause });
  }
}

/** Names of the causes that platform-api has no part in. */
const OWN_CAUSES: ReadonlySet<string | undefined> = new Set(["AbortError", "TokenUnavailable"]);

/**
 * Whether platform-api could not decide: it answered 5xx, or the answer is not its own (unreachable, too slow, not JSON,
 * a redirect, another server's error). Never report an outage as a bad token. An aborted call is not an outage, and
 * neither is a call whose token supplier failed.
 */
export function isOutage(error: unknown): boolean {
  if (!isPlatformError(error) || OWN_CAUSES.has(error.cause?.name)) return false;
  const status = statusOf(error);
  return status !== 429 && (reasonOf(error) === null || status >= 500);
}

/**
 * How long to wait according to `Retry-After` (seconds or a date) of the server or a proxy, in milliseconds; null
 * without that header.
 */
export function retryAfterMs(error: unknown): number | null {
  const value = responseOf(error)?.headers.get("retry-after") ?? "";
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  // `Date.parse` alone would read "5, 5", from two proxies, as a day in May.
  const date = /^[A-Z][a-z]+,? /.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now());
}

const LOCAL_REFUSALS = {
  TOKEN_INVALID: { number: -32_001, code: "UNAUTHORIZED", httpStatus: 401 },
  INPUT_INVALID: { number: -32_600, code: "BAD_REQUEST", httpStatus: 400 },
} as const;

/** A refusal without a request, for input that cannot be sent. It has the shape of the server's own. */
export function localRefusal(reason: keyof typeof LOCAL_REFUSALS, message: string): PlatformError {
  const { number, code, httpStatus } = LOCAL_REFUSALS[reason];
  return platformError({ error: { code: number, message, data: { code, httpStatus, reason } } });
}

const TRANSIENT_STATUSES = new Set([502, 503, 504]);
/** Names of the errors that `fetch` rejects with: no connection, and a timeout. */
const TRANSIENT_CAUSES = new Set(["TypeError", "TimeoutError"]);

/**
 * Whether the same call may succeed shortly. A status is enough to tell, even if a proxy sent it. OVERLOADED asks for a
 * longer pause than there is between attempts, and three times as many requests would keep the server overloaded.
 */
export function isTransient(error: PlatformError): boolean {
  if (reasonOf(error) === "OVERLOADED") return false;
  const status = statusOf(error);
  if (status >= 300) return TRANSIENT_STATUSES.has(status);
  return error.cause !== undefined && TRANSIENT_CAUSES.has(error.cause.name);
}

/** No error has more causes, unless they form a circle. */
const MAX_CAUSES = 10;

/** The last of an error's causes, such as the one with the code ECONNREFUSED. */
export function rootOf(error: Error): Error & { readonly code?: unknown } {
  let root = error;
  for (let left = MAX_CAUSES; left > 0 && root.cause instanceof Error; left -= 1) root = root.cause;
  return root;
}

/** The code of an error, such as ECONNREFUSED; null without one. Anything else could quote what was sent. */
export function codeOf({ code }: { readonly code?: unknown }): string | null {
  return typeof code === "string" && /^\w{1,40}$/.test(code) ? code : null;
}

/** The status that platform-api states, else the status of the HTTP response; 0 without a response. */
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

/** Checks the shape, because a custom `fetch` may resolve with a class other than the global `Response`. */
function isHttpAnswer(value: unknown): value is HttpAnswer {
  if (typeof value !== "object" || value === null || !("status" in value && "headers" in value)) return false;
  const { headers } = value;
  return typeof headers === "object" && headers !== null && "get" in headers;
}
