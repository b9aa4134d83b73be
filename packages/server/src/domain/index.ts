export type { MembershipKey, MembershipRegistry } from "./administration/members.ts";
export type {
  DeclaredNames,
  OrganizationRegistry,
  OrganizationState,
} from "./administration/organization-registry.ts";
export {
  AUDIT_ACTIONS,
  AUDIT_RULES,
  type Audit,
  type AuditAction,
  type AuditActor,
  type AuditEntry,
  type AuditLog,
  type AuditRule,
  auditEntry,
  type RequestAudit,
} from "./audit.ts";
export { type CanonicalEmail, type DomainName, domainOf, parseDomain, parseEmail } from "./email.ts";
export type { BlockedUsers } from "./identity/block.ts";
export { trustingOf } from "./identity/first-link.ts";
export type {
  HeldSeat,
  IdentityLink,
  IdentityLinks,
  LinkRule,
  Seat,
  SubjectKey,
} from "./identity/identity-link.ts";
export {
  type IdentityRegistry,
  planRelink,
  type Relink,
  type RelinkOutcome,
  relink,
  unlink,
} from "./identity/relink.ts";
export {
  isOpen,
  MAX_WINDOW_MS,
  type RelinkWindow,
  type RelinkWindowRegistry,
  type RelinkWindows,
} from "./identity/relink-window.ts";
export {
  createIdentityResolver,
  type Identity,
  type IdentityResolverOptions,
  type IdentityRules,
  type ResolveIdentity,
} from "./identity/resolve-identity.ts";
export {
  afterMembership,
  allowed,
  decideInside,
  decideSpeakers,
  isUnclaimed,
  MAILBOX,
  merged,
  nobodyYet,
  type Speakers,
  type SpeakersStore,
  withTraces,
} from "./identity/speakers.ts";
export type { UserDirectory } from "./identity/user-directory.ts";
export {
  type AddressRefusal,
  type AddressTrust,
  type Assessment,
  assess,
  isSharedBy,
  type Proof,
  type TrustMode,
  type TrustRule,
  type TrustSettings,
} from "./login/address-trust.ts";
export { type Discovery, discover, type SignInOption } from "./login/discovery.ts";
export { connectionNameOf, type Login, strategyOf } from "./login/login.ts";
export {
  activeOrganization,
  type Belonging,
  belongingOf,
  checkRole,
  join,
  type MembershipRules,
} from "./membership/access.ts";
export {
  hasVerified,
  type Invitation,
  MEMBERSHIP_ORIGINS,
  type Membership,
  type MembershipOrigin,
  type MembershipPorts,
  type Memberships,
} from "./membership/membership.ts";
export {
  type Connection,
  type Organization,
  type OrganizationId,
  type Organizations,
  parseOrganizationId,
  type VerifiedDomain,
} from "./organization.ts";
export { causeOf, REASONS, type Reason, Refusal } from "./refusal.ts";
export { includesRole, ROLES, type Role } from "./role.ts";
export { ENTERPRISE_STRATEGIES } from "./strategy.ts";
export { type BearerToken, bearerTokenOf, type RawHeaders } from "./token/bearer-token.ts";
export type {
  ClaimedEmail,
  Source,
  TokenVerifier,
  UnverifiedClaims,
  VerifiedClaims,
} from "./token/claims.ts";
export { verifiedClaims } from "./token/claims.ts";
export { noTrace, type Trace } from "./trace.ts";
export { parseUserId, type UserId } from "./user-id.ts";
export { abortable } from "./waiting/abortable.ts";
