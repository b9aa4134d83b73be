import type { Context, MiddlewareHandler } from "hono";
import { responseOf, webHeaderValues } from "./authenticate.ts";
import { GuardedRequests } from "./guarded-requests.ts";
import type { AdapterOptions, PlatformOrganization } from "./request-guard.ts";
import type { PlatformIdentity, Role } from "./token-validator.ts";

declare module "hono" {
  interface ContextVariableMap {
    /** The user who sent the request; set in every route after {@link platformAuth}. */
    identity: PlatformIdentity;
    /** The organization of the request; set in a route with {@link requireOrganization}. */
    organization: PlatformOrganization;
  }
}

export type PlatformAuthOptions = AdapterOptions<Context>;

const guarded = new GuardedRequests<Context>(
  ({ req }, name) => webHeaderValues(req.raw, name),
  "before the route",
);

/**
 * Guards every route registered after it: either `c.var.identity` is set, or the request has been answered. Register
 * public routes before it.
 */
export function platformAuth(options: PlatformAuthOptions): MiddlewareHandler {
  const identify = guarded.platformAuth(options);
  return async (c, next) => {
    const { signal } = c.req.raw;
    const identity = responseOf(await identify(c, signal), signal);
    if (identity instanceof Response) return identity;
    c.set("identity", identity);
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
