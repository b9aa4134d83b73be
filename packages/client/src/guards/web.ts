import type { Accepted, PrincipalOf } from "./principal.ts";
import {
  type AdapterOptions,
  assertRole,
  createRequestGuard,
  type PlatformOrganization,
} from "./request-guard.ts";
import type { PlatformIdentity, Role } from "./token-validator.ts";
import { responseOf, webHeaderValues } from "./web-standard.ts";

export {
  type ProtectedResource,
  type ProtectedResourceMetadata,
  protectedResourceMetadata,
} from "./resource-metadata.ts";

export type AuthenticatorOptions<A extends Accepted = Accepted> = AdapterOptions<Request, A>;

/** Who sent a request, and the check of their organization. */
export interface Sender<A extends Accepted = Accepted> {
  readonly principal: PrincipalOf<A>;
  /**
   * Resolves with the organization that the request names in `X-Organization-Id`, or else with the token's own, if the
   * user has the role there (default `member`). Otherwise it resolves with the response to send instead.
   */
  requireOrganization(role?: Role): Promise<PlatformOrganization | Response>;
}

/** The user who sent a request. */
export interface Authenticated extends Sender<"user"> {
  readonly identity: PlatformIdentity;
}

/**
 * Only where users alone are accepted there is an identity.
 * @throws the reason of `request.signal` when it has aborted
 */
export type Authenticate<A extends Accepted = "user"> = (
  request: Request,
) => Promise<([A] extends ["user"] ? Authenticated : Sender<A>) | Response>;

/**
 * Authenticates web-standard requests (Next.js, workers): resolves with the user, or with the response to send
 * instead. Create it once: it caches what was granted.
 */
export function createAuthenticator<A extends Accepted = "user">(
  options: AuthenticatorOptions<A>,
): Authenticate<A>;
export function createAuthenticator(
  options: AuthenticatorOptions,
): (request: Request) => Promise<Sender | Response> {
  const identify = createRequestGuard(options, webHeaderValues);
  return async (request) => {
    const { signal }: { signal?: AbortSignal } = request; // some workers' requests have none
    const caller = responseOf(await identify(request, signal), signal);
    if (caller instanceof Response) return caller;
    const { principal, identity } = caller;
    return {
      principal,
      ...(identity !== null && { identity }),
      async requireOrganization(role = "member") {
        assertRole(role);
        return responseOf(await caller.admit(role, signal), signal);
      },
    };
  };
}
