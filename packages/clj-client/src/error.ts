/**
 * Why there is no answer: `transport`, the service could not be reached or did not reply in time; `status`, it
 * replied with a status that is no answer; `malformed`, the reply is not what the contract says; `overloaded`,
 * this client has too many calls of its own waiting.
 */
export type CljFailure = "transport" | "status" | "malformed" | "overloaded";

/**
 * The one error of this package. Compare `failure`, never the message. The message holds neither the token, the
 * URL, an address nor anything of a reply's body; `cause` may add the host and its port.
 */
export class CljClientError extends Error {
  readonly failure: CljFailure;
  /** The HTTP status, with `status` alone. */
  readonly status: number | null;

  constructor(failure: CljFailure, message: string, options?: { cause?: unknown; status?: number }) {
    super(message, options);
    this.name = "CljClientError";
    this.failure = failure;
    this.status = options?.status ?? null;
  }
}
