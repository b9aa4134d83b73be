import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { within } from "./deadline.ts";
import { CljClientError } from "./error.ts";
import { createExchange } from "./exchange.ts";
import { createQueue } from "./queue.ts";
import type { DirectoryUser, EnsuredUser, NewUser, WireCall } from "./wire.ts";
import { ABSENT_STATUS, ensureCall, findByEmailCall } from "./wire.ts";

export interface CljClientOptions {
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

export interface CallOptions {
  /** Aborts the call at once, which then rejects with the signal's `reason`. */
  readonly signal?: AbortSignal | undefined;
  /** Further headers of every attempt, for example an `x-request-id`. They cannot replace the client's own. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/**
 * A client of clj-pg-wrapper, the company's user directory. Every method is idempotent, and throws
 * {@link CljClientError} when there is no usable answer before its deadline.
 */
export interface CljClient {
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
  calls(): { readonly active: number; readonly waiting: number };
}

/** The longest time that a timer can wait. */
const MAX_NUMBER = 2 ** 31 - 1;
const MAX_ATTEMPTS = 3;
const PAUSE_MS = { min: 50, max: 200 };
const TRANSIENT_STATUSES = [429, 502, 503, 504];

/**
 * @throws {TypeError} `url` or `token` is not usable
 * @throws {RangeError} naming the option that is out of bounds
 */
export function createCljClient(options: CljClientOptions): CljClient {
  const { url, token, fetch, maxReplyBytes = 16_384 } = options;
  const { attemptMs = 800, deadlineMs = 2_500, inFlight = 64, waiting = 128 } = options;
  for (const [name, value, least] of [
    ["attemptMs", attemptMs, 0],
    ["deadlineMs", deadlineMs, 0],
    ["maxReplyBytes", maxReplyBytes, 1],
    ["inFlight", inFlight, 1],
    ["waiting", waiting, 0],
  ] as const) {
    if (!Number.isInteger(value) || value < least || value > MAX_NUMBER)
      throw new RangeError(`createCljClient: ${name} must be an integer from ${least} to ${MAX_NUMBER}`);
  }
  const exchange = createExchange({ url, token, fetch, maxReplyBytes });
  const queue = createQueue({ inFlight, waiting });

  function send<Answer>(call: WireCall<Answer>, { signal, headers }: CallOptions = {}): Promise<Answer> {
    const attempt = (limit: AbortSignal) => exchange(call, limit, headers);
    return within(deadlineMs, signal, (deadline) => queue(deadline, () => withRetries(attempt, deadline)));
  }

  async function withRetries<Answer>(
    send: (signal: AbortSignal) => Promise<Answer>,
    deadline: AbortSignal,
  ): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await within(attemptMs, deadline, send);
      } catch (error) {
        if (attempt === MAX_ATTEMPTS || !isTransient(error)) throw error;
      }
      await pause(deadline);
    }
  }

  return {
    ensure: async (user, options) => send(ensureCall("ensure", user), options),
    byEmail: async (user, options) => send(ensureCall("by-email", user), options),
    findByEmail: async (email, options) => {
      try {
        return await send(findByEmailCall(email), options);
      } catch (error) {
        if (error instanceof CljClientError && error.status === ABSENT_STATUS) return null;
        throw error;
      }
    },
    calls: queue.counts,
  };
}

function isTransient(error: unknown): boolean {
  if (!(error instanceof CljClientError)) return false;
  return error.failure === "transport" || TRANSIENT_STATUSES.includes(error.status ?? 0);
}

/** Waits for a random time, so that clients that failed together do not retry together. */
async function pause(signal: AbortSignal): Promise<void> {
  const ms = randomInt(PAUSE_MS.min, PAUSE_MS.max + 1);
  await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}
