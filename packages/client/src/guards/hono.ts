import type { Context, MiddlewareHandler } from "hono";
import { GuardedRequests } from "./guarded-requests.ts";
import type { Accepted, PlatformPrincipal, PrincipalOf } from "./principal.ts";
import type { AdapterOptions, PlatformOrganization } from "./request-guard.ts";
import type { PlatformIdentity, Role } from "./token-validator.ts";
import { responseOf, webHeaderValues } from "./web-standard.ts";

export {
  type ProtectedResource,
  type ProtectedResourceMetadata,
  protectedResourceMetadata,
} from "./resource-metadata.ts";

declare module "hono" {
  interface ContextVariableMap {
    /** The user who sent the request; set in every route after {@link platformAuth}, unless it accepts services. */
    identity: PlatformIdentity;
    /** The user or the service that sent the request; set in every route after {@link platformAuth}. */
    principal: PlatformPrincipal;
    /** The organization of the request; set in a route with {@link requireOrganization}. */
    organization: PlatformOrganization;
  }
}

export type PlatformAuthOptions<A extends Accepted = Accepted> = AdapterOptions<Context, A>;

const guarded = new GuardedRequests<Context>(
  ({ req }, name) => webHeaderValues(req.raw, name),
  "before the route",
);

/**
 * Guards every route registered after it: either `c.var.principal` is set, and `c.var.identity` if it accepts users alone,
 * or the request has been answered. Register public routes before it.
 */
export function platformAuth<A extends Accepted = "user">(
  options: PlatformAuthOptions<A>,
): MiddlewareHandler<{ Variables: { principal: PrincipalOf<A> } }>;
export function platformAuth(options: PlatformAuthOptions): MiddlewareHandler {
  const identify = guarded.platformAuth(options);
  return async (c, next) => {
    const { signal } = c.req.raw;
    const caller = responseOf(await identify(c, signal), signal);
    if (caller instanceof Response) return caller;
    const { identity, principal } = caller;
    c.set("principal", principal);
    if (identity !== null) c.set("identity", identity);
    return next();
  };
}

/**
 * Lets a request through if its user has the role (default `member`) in the organization that `X-Organization-Id` names,
 * or else in the token's own. `c.var.organization` is then that organization, with the user's role in it.
 * @throws {TypeError} for an unknown role
 */
export function requireOrganization(role: Role = "member"): MiddlewareHandler {
  const admit = guarded.requireOrganization(role);
  return async (c, next) => {
    const { signal } = c.req.raw;
    const organization = responseOf(await admit(c, signal), signal);
    if (organization instanceof Response) return organization;
    c.set("organization", organization);
    return next();
  };
}
