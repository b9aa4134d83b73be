import { PlatformIdentity, PlatformPrincipal, Role } from "./token-validator.js";
import { AdapterOptions, PlatformOrganization } from "./request-guard.js";
import { ProtectedResource, ProtectedResourceMetadata, protectedResourceMetadata } from "./resource-metadata.js";
import { FastifyPluginAsync, FastifyRequest, preHandlerAsyncHookHandler } from "fastify";
declare module "fastify" {
  interface FastifyRequest {
    /** The user who sent the request; set in every route that {@link platformAuth} guards, unless it accepts services. */
    identity: PlatformIdentity;
    /** The user or the service that sent the request; set in every route that {@link platformAuth} guards. */
    principal: PlatformPrincipal;
    /** The organization of the request; set in a route with {@link requireOrganization}. */
    organization: PlatformOrganization;
  }
}
export type PlatformAuthOptions = AdapterOptions<FastifyRequest>;
/**
 * Guards every route of its scope: either `request.principal` is set, and `request.identity` if it accepts users alone,
 * or the request has been answered. Register public routes outside the scope. Unknown paths belong to the root scope,
 * whatever their prefix, unless another scope sets its own not-found handler.
 */
export declare const platformAuth: FastifyPluginAsync<PlatformAuthOptions>;
/**
 * Lets a request through if its user has the role (default `member`) in the organization that `X-Organization-Id` names,
 * or else in the token's own. `request.organization` is then that organization, with the user's role in it.
 * @throws {TypeError} for an unknown role
 */
export declare function requireOrganization(role?: Role): preHandlerAsyncHookHandler;
export { type ProtectedResource, type ProtectedResourceMetadata, protectedResourceMetadata };