import { Answer } from "./answer.ts";
import type { PlatformPrincipal } from "./principal.ts";
import {
  type AdapterOptions,
  assertRole,
  type Caller,
  createRequestGuard,
  type PlatformOrganization,
} from "./request-guard.ts";
import type { PlatformIdentity, Role } from "./token-validator.ts";

/** The result, or the answer to send instead, or null when the client has disconnected. */
type Guarding<R, T> = (request: R, signal: AbortSignal | undefined) => Promise<T | Answer | null>;

/** Tells a route who sent its request. There is an identity where users alone are accepted. */
export function introduce(
  request: { principal: PlatformPrincipal; identity: PlatformIdentity },
  { principal, identity }: Caller,
): void {
  request.principal = principal;
  if (identity !== null) request.identity = identity;
}

/** What a framework's `platformAuth` and `requireOrganization` do with a request, and what the first tells the second. */
export class GuardedRequests<R extends object> {
  /** Beside the request, not on it: code that prints a request must not print its token. */
  readonly #callers = new WeakMap<R, Caller>();
  readonly #headerValues: (request: R, name: string) => readonly string[];
  readonly #place: string;

  /** @param place where platformAuth belongs, for the error of a route without it */
  constructor(headerValues: (request: R, name: string) => readonly string[], place: string) {
    this.#headerValues = headerValues;
    this.#place = place;
  }

  platformAuth(options: AdapterOptions<R>): Guarding<R, Caller> {
    const identify = createRequestGuard(options, this.#headerValues);
    return async (request, signal) => {
      const caller = await identify(request, signal);
      if (caller !== null && !(caller instanceof Answer)) this.#callers.set(request, caller);
      return caller;
    };
  }

  /** @throws {TypeError} for an unknown role */
  requireOrganization(role: Role): Guarding<R, PlatformOrganization> {
    assertRole(role);
    return async (request, signal) => {
      const caller = this.#callers.get(request);
      if (caller === undefined) throw new Error(`requireOrganization: register platformAuth ${this.#place}`);
      return caller.admit(role, signal);
    };
  }
}
