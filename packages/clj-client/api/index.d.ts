import "zod";
/** Whom to find or create. */
interface NewUser {
  readonly email: string;
  readonly name?: string | undefined;
}
/** A user of the directory. */
interface DirectoryUser {
  /** Lower-case UUID of any version, neither nil nor max. */
  readonly id: string;
  /** The address as the directory stores it: compare it with the one you asked for before you trust `id`. */
  readonly email: string;
  readonly emailVerified: boolean;
}
/** A user that exists now; `created` tells whether by this very call. */
interface EnsuredUser extends DirectoryUser {
  readonly created: boolean;
}
interface CljClientOptions {
  /** Base address of clj-pg-wrapper, http or https, without credentials. */
  readonly url: string;
  /** The service token, sent as `Authorization: Bearer`. */
  readonly token: string;
  /** How long one attempt may take, its body included; 800 by default. */
  readonly attemptMs?: number;
  /** How long a call may take: its wait for a place, its attempts, their pauses; 2500 by default. */
  readonly deadlineMs?: number;
  /** The largest reply that is read, after decompression; 16384 by default. */
  readonly maxReplyBytes?: number;
  /** How many calls run at once; 64 by default. */
  readonly inFlight?: number;
  /** How many more calls wait for a place; 128 by default. Beyond it they are refused, `overloaded`. */
  readonly waiting?: number;
  /** In place of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
}
interface CallOptions {
  /** Ends the call at once; it then rejects with the signal's own `reason`. */
  readonly signal?: AbortSignal | undefined;
}
/**
 * clj-pg-wrapper, the company's user directory. Every method may be repeated without harm, and throws
 * {@link CljClientError} when there is no usable answer before its deadline.
 */
interface CljClient {
  /** The user with this address, whatever its case; created with an unverified address if there is none. */
  ensure(user: NewUser, options?: CallOptions): Promise<EnsuredUser>;
  /**
   * The same, but the address is stamped as verified, and must be one by strict rules.
   * @throws {CljClientError} `status` 422 for an address that is not
   */
  byEmail(user: NewUser, options?: CallOptions): Promise<EnsuredUser>;
  /**
   * The user with this address, or null. Creates nothing.
   * @throws {TypeError} `email` is no e-mail address
   */
  findByEmail(email: string, options?: CallOptions): Promise<DirectoryUser | null>;
}
/**
 * @throws {TypeError} `url` or `token` cannot be used
 * @throws {RangeError} naming the number that cannot be
 */
export declare function createCljClient(options: CljClientOptions): CljClient;
/**
 * Why there is no answer: `transport`, the service could not be reached or did not reply in time; `status`, it
 * replied with a status that is no answer; `malformed`, the reply is not what the contract says; `overloaded`,
 * this client has too many calls of its own waiting.
 */
type CljFailure = "transport" | "status" | "malformed" | "overloaded";
/**
 * The one error of this package. Compare `failure`, never the message. The message holds neither the token, the
 * URL, an address nor anything of a reply's body; `cause` may add the host and its port.
 */
export declare class CljClientError extends Error {
  readonly failure: CljFailure;
  /** The HTTP status, with `status` alone. */
  readonly status: number | null;
  constructor(failure: CljFailure, message: string, options?: {
    cause?: unknown;
    status?: number;
  });
}
export type { CallOptions, CljClient, CljClientOptions, CljFailure, DirectoryUser, EnsuredUser, NewUser };