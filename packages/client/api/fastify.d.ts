import { AdapterOptions, PlatformOrganization } from "./request-guard.js";
import { PlatformIdentity, Role } from "./token-validator.js";
import { FastifyPluginAsync, FastifyRequest, preHandlerAsyncHookHandler } from "fastify";
declare module "fastify" {
  interface FastifyRequest {
    /** The user who sent the request; set in every route that {@link platformAuth} guards. */
    identity: PlatformIdentity;
    /** The organization of the request; set in a route with {@link requireOrganization}. */
    organization: PlatformOrganization;
  }
}
export type PlatformAuthOptions = AdapterOptions<FastifyRequest>;
/**
 * Guards every route of its scope: either `request.identity` is set, or the request has been answered. Register public
 * routes outside the scope. Unknown paths belong to the root scope, whatever their prefix, unless another scope sets its
 * own not-found handler.
 */
export declare const platformAuth: FastifyPluginAsync<PlatformAuthOptions>;
/**
 * Lets a request through if its user has the role (default `member`) in the organization that `X-Organization-Id` names,
 * or else in the token's own. `request.organization` is then that organization, with the user's role in it.
 * @throws {TypeError} for an unknown role
 */
export declare function requireOrganization(role?: Role): preHandlerAsyncHookHandler;