export {
  activeOrganization,
  type Belonging,
  belongingOf,
  checkRole,
  join,
  type MembershipRules,
} from "./access.ts";
export {
  type AddressRefusal,
  type AddressTrust,
  type Assessment,
  assess,
  type Proof,
  type TrustMode,
  type TrustRule,
  type TrustSettings,
} from "./address-trust.ts";
export {
  AUDIT_ACTIONS,
  AUDIT_RULES,
  type Audit,
  type AuditAction,
  type AuditActor,
  type AuditEntry,
  type AuditRule,
  auditEntry,
  type RequestAudit,
} from "./audit.ts";
export { type BearerToken, bearerTokenOf, type RawHeaders } from "./bearer-token.ts";
export type { ClaimedEmail, Source, TokenVerifier, UnverifiedClaims, VerifiedClaims } from "./claims.ts";
export { verifiedClaims } from "./claims.ts";
export { type Discovery, discover, type SignInOption } from "./discovery.ts";
export { type CanonicalEmail, type DomainName, domainOf, parseDomain, parseEmail } from "./email.ts";
export { trustingOf } from "./first-link.ts";
export {
  createIdentityResolver,
  type Identity,
  type IdentityResolverOptions,
  type IdentityRules,
  parseUserId,
  type ResolveIdentity,
  type UserDirectory,
  type UserId,
} from "./identity.ts";
export type { HeldSeat, IdentityLink, IdentityLinks, LinkRule, Seat, SubjectKey } from "./identity-link.ts";
export { connectionNameOf, type Login } from "./login.ts";
export {
  hasVerified,
  type Invitation,
  includesRole,
  MEMBERSHIP_ORIGINS,
  type Membership,
  type MembershipOrigin,
  type MembershipPorts,
  type Memberships,
  ROLES,
  type Role,
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
} from "./speakers.ts";
export { ENTERPRISE_STRATEGIES } from "./strategy.ts";
export { noTrace, type Trace } from "./trace.ts";
