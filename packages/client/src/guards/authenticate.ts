import { Answer } from "./answer.ts";
import {
  type AdapterOptions,
  assertRole,
  createRequestGuard,
  type PlatformOrganization,
} from "./request-guard.ts";
import type { PlatformIdentity, Role } from "./token-validator.ts";

export type AuthenticatorOptions = AdapterOptions<Request>;

/** The user who sent a request, and the check of their organization. */
export interface Authenticated {
  readonly identity: PlatformIdentity;
  /**
   * Resolves with the organization that the request names in `X-Organization-Id`, or else with the token's own, if the
   * user has the role there (default `member`). Otherwise it resolves with the response to send instead.
   */
  requireOrganization(role?: Role): Promise<PlatformOrganization | Response>;
}

/** @throws the reason of `request.signal` when it has aborted */
export type Authenticate = (request: Request) => Promise<Authenticated | Response>;

/**
 * Authenticates web-standard requests (Next.js, workers): resolves with the user, or with the response to send
 * instead. Create it once: it caches what was granted.
 */
export function createAuthenticator(options: AuthenticatorOptions): Authenticate {
  const identify = createRequestGuard(options, webHeaderValues);
  return async (request) => {
    const { signal }: { signal?: AbortSignal } = request; // some workers' requests have none
    const caller = responseOf(await identify(request, signal), signal);
    if (caller instanceof Response) return caller;
    return {
      identity: caller.identity,
      async requireOrganization(role = "member") {
        assertRole(role);
        return responseOf(await caller.admit(role, signal), signal);
      },
    };
  };
}

/** At most one value: `Headers` joins repeated headers with a comma. */
export function webHeaderValues({ headers }: Request, name: string): string[] {
  const value = headers.get(name);
  return value === null ? [] : [value];
}

/** @throws the reason of the signal for null: the client has disconnected */
export function responseOf<T>(found: T | Answer | null, signal: AbortSignal | undefined): T | Response {
  if (found === null) throw signal?.reason;
  if (!(found instanceof Answer)) return found;
  return Response.json(found.body, { status: found.status, headers: found.headers });
}
