import "zod";
/** The user to find or create. */
interface NewUser {
  readonly email: string;
  readonly name?: string | undefined;
}
/** A user of the directory. */
interface DirectoryUser {
  /** A lower-case UUID of any version, except nil and max. */
  readonly id: string;
  /** The address as the directory stores it. Compare it with the requested one before you trust `id`. */
  readonly email: string;
  readonly emailVerified: boolean;
}
/** A user that exists now. `created` says whether this call has created it. */
interface EnsuredUser extends DirectoryUser {
  readonly created: boolean;
}
interface CljClientOptions {
  /** The base address of clj-pg-wrapper, http or https, without credentials. */
  readonly url: string;
  /** The service token, sent as `Authorization: Bearer`. */
  readonly token: string;
  /** How long one attempt may take in milliseconds, including its body. Default: 800. */
  readonly attemptMs?: number;
  /** How long a call may take in milliseconds: its wait in the queue, its attempts and their pauses. Default: 2500. */
  readonly deadlineMs?: number;
  /** The size limit of a reply, after decompression. Default: 16384. */
  readonly maxReplyBytes?: number;
  /** How many calls run at once. Default: 64. */
  readonly inFlight?: number;
  /** How many more calls may wait in the queue. Further calls fail with `overloaded`. Default: 128. */
  readonly waiting?: number;
  /** Replaces the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
}
interface CallOptions {
  /** Aborts the call at once, which then rejects with the signal's `reason`. */
  readonly signal?: AbortSignal | undefined;
  /** Further headers of every attempt, for example an `x-request-id`. They cannot replace the client's own. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}
/**
 * A client of clj-pg-wrapper, the company's user directory. Every method is idempotent, and throws
 * {@link CljClientError} when there is no usable answer before its deadline.
 */
interface CljClient {
  /** Finds the user with this address, in any case, or creates one with an unverified address. */
  ensure(user: NewUser, options?: CallOptions): Promise<EnsuredUser>;
  /**
   * Like `ensure`, but marks the address as verified and applies strict rules to it.
   * @throws {CljClientError} `status` 422 for an address that breaks them
   */
  byEmail(user: NewUser, options?: CallOptions): Promise<EnsuredUser>;
  /**
   * Finds the user with this address, or null. Never creates one.
   * @throws {TypeError} `email` is not an e-mail address
   */
  findByEmail(email: string, options?: CallOptions): Promise<DirectoryUser | null>;
  /** How many calls run now, and how many wait in the queue. */
  calls(): {
    readonly active: number;
    readonly waiting: number;
  };
}
/**
 * @throws {TypeError} `url` or `token` is not usable
 * @throws {RangeError} naming the option that is out of bounds
 */
export declare function createCljClient(options: CljClientOptions): CljClient;
/**
 * Why a call failed. `transport`: the service was unreachable or did not reply in time. `status`: it replied with an
 * error status. `malformed`: its reply does not match the contract. `overloaded`: too many calls of this client wait.
 */
type CljFailure = "transport" | "status" | "malformed" | "overloaded";
/**
 * The only error class of this package. Compare `failure`, never the message. The message never contains the token, the
 * URL, an address or any part of a reply's body. `cause` may contain the host and its port.
 */
export declare class CljClientError extends Error {
  readonly failure: CljFailure;
  /** The HTTP status if `failure` is `status`, null otherwise. */
  readonly status: number | null;
  constructor(failure: CljFailure, message: string, options?: {
    cause?: unknown;
    status?: number;
  });
}
export type { CallOptions, CljClient, CljClientOptions, CljFailure, DirectoryUser, EnsuredUser, NewUser };