export { REASONS, type Reason } from "../wire/index.ts";
export {
  ApplyStopped,
  applyOrganizations,
  type DeclarationProblem,
  DeclarationRefused,
  type Plan,
  planOrganizations,
} from "./administration/apply-organizations.ts";
export type { DeclarationWarning } from "./administration/declaration-warnings.ts";
export type { DeclaredInvitation, DeclaredOrganization } from "./administration/declared-organization.ts";
export {
  applyImport,
  type DeclaredMember,
  type ImportProblem,
  ImportStopped,
  type PlannedMember,
  planImport,
  type RegisteredUsers,
} from "./administration/import-members.ts";
export { countLinkedPeople, type LinkedPeople } from "./administration/linked-people.ts";
export {
  listMembers,
  type MemberChange,
  type MemberPorts,
  type MembershipKey,
  type MembershipRegistry,
  removeMember,
  restoreMember,
} from "./administration/members.ts";
export type { Change } from "./administration/organization-differences.ts";
export type {
  DeclaredNames,
  OrganizationRegistry,
  OrganizationState,
} from "./administration/organization-registry.ts";
export {
  describeSubject,
  describeUser,
  type UserOverview,
  type UserOverviewPorts,
} from "./administration/user-overview.ts";
export {
  type ActionLog,
  AUDIT_ACTIONS,
  AUDIT_RULES,
  type Audit,
  type AuditAction,
  type AuditActor,
  type AuditEntry,
  AuditIncomplete,
  type AuditLog,
  type AuditRule,
  auditEntry,
  type OperatorAction,
  type RequestAudit,
  recordActions,
} from "./audit.ts";
export { type CanonicalEmail, type DomainName, domainOf, parseDomain, parseEmail } from "./email.ts";
export { type AllowPorts, allowOrganization, planAllowance } from "./identity/allow.ts";
export { type BlockedUsers, type BlockPorts, blockUser, unblockUser } from "./identity/block.ts";
export type {
  HeldSeat,
  IdentityLink,
  IdentityLinks,
  LinkRule,
  Seat,
  SubjectKey,
} from "./identity/identity-link.ts";
export {
  type KnownUserPorts,
  requireKnownUser,
  SubjectNotLinked,
  UnknownUser,
} from "./identity/known-user.ts";
export type { IdentityRegistry, Relink } from "./identity/relink.ts";
export {
  formerHolderOf,
  planRelinkSubject,
  planUnlink,
  RelinkInterrupted,
  type RelinkPorts,
  relinkSubject,
  type Unlink,
  unlinkSubject,
} from "./identity/relink-subject.ts";
export {
  closeRelinkWindow,
  findRelinkWindow,
  isOpen,
  listTakenOver,
  openRelinkWindow,
  type RelinkWindow,
  type RelinkWindowPorts,
  RelinkWindowRefused,
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
  decideInside,
  MAILBOX,
  noSpeakers,
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
  checkRole,
  join,
  listOrganizations,
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
  UnknownConnection,
  UnknownOrganization,
  type VerifiedDomain,
} from "./organization.ts";
export { causeOf, Refusal } from "./refusal.ts";
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
