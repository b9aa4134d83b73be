import { Accepted, PlatformIdentity, PrincipalOf, Role } from "./token-validator.js";
import { AdapterOptions, PlatformOrganization } from "./request-guard.js";
import { ProtectedResource, ProtectedResourceMetadata, protectedResourceMetadata } from "./resource-metadata.js";
export type AuthenticatorOptions<A extends Accepted = Accepted> = AdapterOptions<Request, A>;
/** Who sent a request, and the check of their organization. */
export interface Sender<A extends Accepted = Accepted> {
  readonly principal: PrincipalOf<A>;
  /**
   * Resolves with the organization that the request names in `X-Organization-Id`, or else with the token's own, if the
   * user has the role there (default `member`). Otherwise it resolves with the response to send instead.
   */
  requireOrganization(role?: Role): Promise<PlatformOrganization | Response>;
}
/** The user who sent a request. */
export interface Authenticated extends Sender<"user"> {
  readonly identity: PlatformIdentity;
}
/**
 * Only where users alone are accepted there is an identity.
 * @throws the reason of `request.signal` when it has aborted
 */
export type Authenticate<A extends Accepted = "user"> = (request: Request) => Promise<([A] extends ["user"] ? Authenticated : Sender<A>) | Response>;
/**
 * Authenticates web-standard requests (Next.js, workers): resolves with the user, or with the response to send
 * instead. Create it once: it caches what was granted.
 */
export declare function createAuthenticator<A extends Accepted = "user">(options: AuthenticatorOptions<A>): Authenticate<A>;
export { type ProtectedResource, type ProtectedResourceMetadata, protectedResourceMetadata };