import { AdapterOptions, PlatformOrganization } from "./request-guard.js";
import { PlatformIdentity, Role } from "./token-validator.js";
import { Context, MiddlewareHandler } from "hono";
declare module "hono" {
  interface ContextVariableMap {
    /** The user who sent the request; set in every route after {@link platformAuth}. */
    identity: PlatformIdentity;
    /** The organization of the request; set in a route with {@link requireOrganization}. */
    organization: PlatformOrganization;
  }
}
export type PlatformAuthOptions = AdapterOptions<Context>;
/**
 * Guards every route registered after it: either `c.var.identity` is set, or the request has been answered. Register
 * public routes before it.
 */
export declare function platformAuth(options: PlatformAuthOptions): MiddlewareHandler;
/**
 * Lets a request through if its user has the role (default `member`) in the organization that `X-Organization-Id` names,
 * or else in the token's own. `c.var.organization` is then that organization, with the user's role in it.
 * @throws {TypeError} for an unknown role
 */
export declare function requireOrganization(role?: Role): MiddlewareHandler;