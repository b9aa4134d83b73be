/**
 * Why a call of the Management API failed. `transport`: Auth0 was unreachable or did not answer in time. `status`: it
 * answered with an unexpected status. `malformed`: its answer is not what it documents.
 */
export type ManagementFailure = "transport" | "status" | "malformed";

/**
 * Compare `failure` and `status`, never the message, which is fixed for each call: it contains no secret, no URL and no
 * part of an answer. `cause` may contain the host and its port.
 */
export class ManagementError extends Error {
  readonly failure: ManagementFailure;
  /** The HTTP status if `failure` is `status`, null otherwise. */
  readonly status: number | null;
  /** How long Auth0 asked to wait, or null. */
  readonly retryAfterMs: number | null;

  constructor(
    failure: ManagementFailure,
    message: string,
    options?: { cause?: unknown; status?: number; retryAfterMs?: number | null },
  ) {
    super(message, options);
    this.name = "ManagementError";
    this.failure = failure;
    this.status = options?.status ?? null;
    this.retryAfterMs = options?.retryAfterMs ?? null;
  }
}

/** Codes of connections that were never made. */
const UNCONNECTED = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"];

/** Whether the request has certainly had no effect, so that even one that is not idempotent may be repeated. */
export function wasNotExecuted(error: ManagementError): boolean {
  if (error.status === 429) return true;
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
    if ("code" in cause && UNCONNECTED.includes(String(cause.code))) return true;
  }
  return false;
}
