export { activeOrganization, type Belonging, belongingOf, checkRole, join } from "./access.ts";
export type { AddressRefusal, AddressTrust, TrustMode, TrustRule } from "./address-trust.ts";
export { judgeAddress } from "./address-trust.ts";
export {
  AUDIT_ACTIONS,
  AUDIT_RULES,
  type Audit,
  type AuditAction,
  type AuditActor,
  type AuditEntry,
  type AuditRule,
  auditEntry,
} from "./audit.ts";
export { type BearerToken, bearerTokenOf, type RawHeaders } from "./bearer-token.ts";
export type { ClaimedEmail, Source, TokenVerifier, UnverifiedClaims, VerifiedClaims } from "./claims.ts";
export { verifiedClaims } from "./claims.ts";
export { type Discovery, discover, type SignInOption } from "./discovery.ts";
export { type CanonicalEmail, type DomainName, domainOf, parseDomain, parseEmail } from "./email.ts";
export { type FirstLogin, mayTakeOver } from "./first-link.ts";
export {
  createIdentityResolver,
  type Identity,
  type IdentityResolverOptions,
  parseUserId,
  type ResolveIdentity,
  type UserDirectory,
  type UserId,
} from "./identity.ts";
export type { HeldSeat, IdentityLink, IdentityLinks, LinkRule, Seat, SubjectKey } from "./identity-link.ts";
export { connectionNameOf, type Login, loginOf } from "./login.ts";
export {
  hasVerified,
  type Invitation,
  includesRole,
  MEMBERSHIP_ORIGINS,
  type Membership,
  type MembershipOrigin,
  type Memberships,
  ROLES,
  type Role,
  type Standing,
  type StandingPorts,
  standingIn,
} from "./membership.ts";
export {
  type Connection,
  type Organization,
  type OrganizationId,
  type Organizations,
  parseOrganizationId,
} from "./organization.ts";
export { causeOf, REASONS, type Reason, Refusal } from "./refusal.ts";
export {
  type IdentityRegistry,
  planRelink,
  type Relink,
  type RelinkOutcome,
  relink,
  unlink,
} from "./relink.ts";
export { isOpen, MAX_WINDOW_MS, type RelinkWindow, type RelinkWindows } from "./relink-window.ts";
