import { GuardOptions, PlatformOrganization } from "./request-guard.js";
import { PlatformIdentity, Role } from "./token-validator.js";
import { FastifyInstance, FastifyRequest, preHandlerAsyncHookHandler } from "fastify";
declare module "fastify" {
  interface FastifyRequest {
    /** Who asks; there in every route that {@link platformAuth} guards. */
    identity: PlatformIdentity;
    /** What for; there in a route with {@link requireOrganization}. */
    organization: PlatformOrganization;
  }
}
export type PlatformAuthOptions = GuardOptions & {
  /** Where a request names its organization, in place of `X-Organization-Id`; nothing is the token's own. */
  readonly organizationOf?: (request: FastifyRequest) => string | null | undefined;
};
/**
 * Guards every route of its scope: `request.identity` is there, or the request has been answered. What is public is
 * registered outside of the scope. Unknown paths belong to the root scope, whatever their prefix, or to one that sets
 * a not-found handler of its own.
 */
export declare const platformAuth: typeof guardRequests;
declare function guardRequests(app: FastifyInstance, options: PlatformAuthOptions): Promise<void>;
/**
 * Lets in who has the role, `member` unless said, in the organization that the request names in
 * `X-Organization-Id`, or else the token's own; `request.organization` says which, and the role there.
 * @throws {TypeError} for what is no role
 */
export declare function requireOrganization(role?: Role): preHandlerAsyncHookHandler;
export {};