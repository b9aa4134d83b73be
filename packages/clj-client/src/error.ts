/**
 * Why a call failed. `transport`: the service was unreachable or did not reply in time. `status`: it replied with an
 * error status. `malformed`: its reply does not match the contract. `overloaded`: too many calls of this client wait.
 */
export type CljFailure = "transport" | "status" | "malformed" | "overloaded";

/**
 * The only error class of this package. Compare `failure`, never the message. The message never contains the token, the
 * URL, an address or any part of a reply's body. `cause` may contain the host and its port.
 */
export class CljClientError extends Error {
  readonly failure: CljFailure;
  /** The HTTP status if `failure` is `status`, null otherwise. */
  readonly status: number | null;

  constructor(failure: CljFailure, message: string, options?: { cause?: unknown; status?: number }) {
    super(message, options);
    this.name = "CljClientError";
    this.failure = failure;
    this.status = options?.status ?? null;
  }
}
