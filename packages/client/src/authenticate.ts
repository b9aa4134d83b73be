import { Answer } from "./answer.ts";
import {
  assertRole,
  createRequestGuard,
  type GuardOptions,
  namesOf,
  type PlatformOrganization,
} from "./request-guard.ts";
import type { PlatformIdentity, Role } from "./token-validator.ts";

export type AuthenticatorOptions = GuardOptions & {
  /** Where a request names its organization, in place of `X-Organization-Id`; nothing is the token's own. */
  readonly organizationOf?: (request: Request) => string | null | undefined;
};

/** Who asks, and the way to ask what for. */
export interface Authenticated {
  readonly identity: PlatformIdentity;
  /**
   * The organization that the request names in `X-Organization-Id`, or else the token's own, if the person has the
   * role there, `member` unless said; or the response that says why not.
   */
  requireOrganization(role?: Role): Promise<PlatformOrganization | Response>;
}

/** @throws the reason of `request.signal`, once the caller has gone */
export type Authenticate = (request: Request) => Promise<Authenticated | Response>;

/**
 * Tells who sent a web-standard request (Hono, Next.js, workers), or the response to give instead. Make it once: it
 * remembers what was granted.
 */
export function createAuthenticator(options: AuthenticatorOptions): Authenticate {
  const guard = createRequestGuard(options);
  const namedBy = namesOf(options.organizationOf, organizationHeader);
  return async (request) => {
    const { signal }: { signal?: AbortSignal } = request; // not every worker's requests have one
    const caller = responseOf(await guard.identify(headerValues(request, "authorization"), signal), signal);
    if (caller instanceof Response) return caller;
    return {
      identity: caller.identity,
      async requireOrganization(role = "member") {
        assertRole(role);
        return responseOf(await guard.admit(caller, { named: namedBy(request), role }, signal), signal);
      },
    };
  };
}

/** One value at most: `Headers` has joined them with a comma. */
function headerValues({ headers }: Request, name: string): string[] {
  const value = headers.get(name);
  return value === null ? [] : [value];
}

function organizationHeader(request: Request): string[] {
  return headerValues(request, "x-organization-id");
}

function responseOf<T>(found: T | Answer | null, signal: AbortSignal | undefined): T | Response {
  if (found === null) throw signal?.reason;
  if (!(found instanceof Answer)) return found;
  return Response.json(found.body, { status: found.status, headers: found.headers });
}
