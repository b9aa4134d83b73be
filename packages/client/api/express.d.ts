import { PlatformIdentity, PlatformPrincipal, Role } from "./token-validator.js";
import { AdapterOptions, PlatformOrganization } from "./request-guard.js";
import { ProtectedResource, ProtectedResourceMetadata, protectedResourceMetadata } from "./resource-metadata.js";
import { Request, RequestHandler } from "express";
declare global {
  namespace Express {
    interface Request {
      /** The user who sent the request; set in every route after `platformAuth`, unless it accepts services. */
      identity: PlatformIdentity;
      /** The user or the service that sent the request; set in every route after `platformAuth`. */
      principal: PlatformPrincipal;
      /** The organization of the request; set in a route with `requireOrganization`. */
      organization: PlatformOrganization;
    }
  }
}
export type PlatformAuthOptions = AdapterOptions<Request>;
/**
 * Guards every route registered after it: either `request.principal` is set, and `request.identity` if it accepts users
 * alone, or the request has been answered. Register public routes before it.
 */
export declare function platformAuth(options: PlatformAuthOptions): RequestHandler;
/**
 * Lets a request through if its user has the role (default `member`) in the organization that `X-Organization-Id` names,
 * or else in the token's own. `request.organization` is then that organization, with the user's role in it.
 * @throws {TypeError} for an unknown role
 */
export declare function requireOrganization(role?: Role): RequestHandler;
export { type ProtectedResource, type ProtectedResourceMetadata, protectedResourceMetadata };