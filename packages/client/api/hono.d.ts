import { Accepted, PlatformIdentity, PlatformPrincipal, PrincipalOf, Role } from "./token-validator.js";
import { AdapterOptions, PlatformOrganization } from "./request-guard.js";
import { ProtectedResource, ProtectedResourceMetadata, protectedResourceMetadata } from "./resource-metadata.js";
import { Context, MiddlewareHandler } from "hono";
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
/**
 * Guards every route registered after it: either `c.var.principal` is set, and `c.var.identity` if it accepts users alone,
 * or the request has been answered. Register public routes before it.
 */
export declare function platformAuth<A extends Accepted = "user">(options: PlatformAuthOptions<A>): MiddlewareHandler<{
  Variables: {
    principal: PrincipalOf<A>;
  };
}>;
/**
 * Lets a request through if its user has the role (default `member`) in the organization that `X-Organization-Id` names,
 * or else in the token's own. `c.var.organization` is then that organization, with the user's role in it.
 * @throws {TypeError} for an unknown role
 */
export declare function requireOrganization(role?: Role): MiddlewareHandler;
export { type ProtectedResource, type ProtectedResourceMetadata, protectedResourceMetadata };