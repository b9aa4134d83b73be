import { GuardOptions, PlatformOrganization } from "./request-guard.js";
import { PlatformIdentity, Role } from "./token-validator.js";
import { Request, RequestHandler } from "express";
declare global {
  namespace Express {
    interface Request {
      /** Who asks; there in every route behind `platformAuth`. */
      identity: PlatformIdentity;
      /** What for; there in a route with `requireOrganization`. */
      organization: PlatformOrganization;
    }
  }
}
export type PlatformAuthOptions = GuardOptions & {
  /** Where a request names its organization, in place of `X-Organization-Id`; nothing is the token's own. */
  readonly organizationOf?: (request: Request) => string | null | undefined;
};
/**
 * Guards whatever comes after it: `request.identity` is there, or the request has been answered. What is public
 * comes before it.
 */
export declare function platformAuth(options: PlatformAuthOptions): RequestHandler;
/**
 * Lets in who has the role, `member` unless said, in the organization that the request names in
 * `X-Organization-Id`, or else the token's own; `request.organization` says which, and the role there.
 * @throws {TypeError} for what is no role
 */
export declare function requireOrganization(role?: Role): RequestHandler;