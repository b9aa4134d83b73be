export { REASONS, type Reason, ROLES, type Role } from "../wire/index.ts";
export type {
  IdentityRegistry,
  MemberFilter,
  MembershipRegistry,
  Outbox,
  Stores,
} from "./administration/administration.ts";
export { allowOrganization, planAllowance } from "./administration/allow.ts";
export {
  ApplyStopped,
  applyOrganizations,
  type DeclarationProblem,
  DeclarationRefused,
  type Plan,
  planOrganizations,
} from "./administration/apply-organizations.ts";
export { AUDIT_ORDERS, type AuditOrder, type AuditQuery, listAudit } from "./administration/audit-feed.ts";
export { setBlocked } from "./administration/block.ts";
export { beginConnection } from "./administration/connection-begin.ts";
export { getConnection } from "./administration/connection-finish.ts";
export {
  type Auth0Tenant,
  type ConnectionSetup,
  type ConnectionStore,
  type ConnectionView,
  SETUP_STEPS,
  type SetupStep,
  type TestStep,
  type TokenTrial,
} from "./administration/connection-setup.ts";
export { type ConnectionTest, testConnection } from "./administration/connection-test.ts";
export { listConnections, removeConnection, updateConnection } from "./administration/connections.ts";
export { createOrganization } from "./administration/create-organization.ts";
export type { DeclarationWarning } from "./administration/declaration-warnings.ts";
export type {
  DomainClaim,
  DomainNames,
  DomainStore,
  DomainView,
  TxtAnswer,
  TxtLookup,
} from "./administration/domain-claim.ts";
export { type RecheckedDomain, recheckDomains } from "./administration/domain-recheck.ts";
export { checkDomain, claimDomain, listDomains, releaseDomain } from "./administration/domains.ts";
export {
  applyImport,
  type DeclaredMember,
  type ImportProblem,
  ImportStopped,
  type PlannedMember,
  planImport,
  type RegisteredUsers,
} from "./administration/import-members.ts";
export { type InvitationView, listInvitations } from "./administration/invitation-view.ts";
export { invite, resendInvitation, revokeInvitation } from "./administration/invitations.ts";
export { countLinkedPeople, type LinkedPeople } from "./administration/linked-people.ts";
export { type DomainMail, type InvitationMail, type Mailer, MailFailed } from "./administration/mailer.ts";
export {
  listMembers,
  lookUpMembers,
  type Member,
  memberOf,
  ownerAddresses,
} from "./administration/member-list.ts";
export { leave, removeMember, restoreMember, setRole } from "./administration/members.ts";
export type { Invited } from "./administration/offer-invitations.ts";
export {
  auditPosition,
  isOfPerson,
  type MonthQuery,
  monthOf,
  type OrganizationAudit,
  type OrganizationAuditEntry,
  parseSeenActor,
  parseUserActor,
  type SeenActor,
  seenByOrganization,
} from "./administration/organization-audit.ts";
export type {
  Auth0Pointer,
  DeclaredOrganization,
  OrganizationRegistry,
} from "./administration/organization-registry.ts";
export type { Change } from "./administration/organization-step.ts";
export {
  planRelinkSubject,
  planUnlink,
  type Relink,
  relinkSubject,
  unlinkSubject,
} from "./administration/relink.ts";
export {
  closeRelinkWindow,
  findRelinkWindow,
  listTakenOver,
  openRelinkWindow,
  RelinkWindowRefused,
} from "./administration/relink-window.ts";
export {
  type OrganizationView,
  type SettingsChange,
  setState,
  updateOrganization,
  viewOf,
} from "./administration/settings.ts";
export { type Owner, operatorOf, type ReadAhead, requireRole } from "./administration/standing.ts";
export {
  type AddressOverview,
  describeAddress,
  describeSubject,
  describeUser,
  requireKnownUser,
  SubjectNotLinked,
  type UserOverview,
} from "./administration/user-overview.ts";
export {
  AUDIT_ACTIONS,
  AUDIT_FIELDS,
  AUDIT_RULES,
  type Audit,
  type AuditAction,
  type AuditEntry,
  type AuditLog,
  type AuditValues,
  auditEntry,
  type OperatorActor,
} from "./audit.ts";
export { type DomainProof, FOUND_KINDS, type Found } from "./domain-proof.ts";
export { type CanonicalEmail, type DomainName, domainOf, parseDomain, parseEmail } from "./email.ts";
export {
  type Block,
  type HeldSeat,
  type IdentityLink,
  type IdentityLinks,
  LINK_RULES,
  refuseBlocked,
  type Seat,
  type StoredLinks,
  type SubjectKey,
} from "./identity/identity-link.ts";
export { linkOf } from "./identity/own-link.ts";
export { isOpen, type RelinkWindow, type RelinkWindows } from "./identity/relink-window.ts";
export {
  createIdentityResolver,
  type Identity,
  type IdentityRules,
  identityBy,
  personKey,
  type ResolveIdentity,
} from "./identity/resolve-identity.ts";
export type { TakenSeats } from "./identity/seat.ts";
export { MAILBOX, noSpeakers, type Speakers, type SpeakersStore } from "./identity/speakers.ts";
export type { UserDirectory } from "./identity/user-directory.ts";
export type { TrustMode } from "./login/address-trust.ts";
export { discover, type SignInOption } from "./login/discovery.ts";
export { type Login, loginOf } from "./login/login.ts";
export {
  type ActiveOrganization,
  activeOrganization,
  checkRole,
  type MembershipRules,
  refuseRemovedElsewhere,
} from "./membership/access.ts";
export { join, listOrganizations } from "./membership/belonging.ts";
export { accept, decline } from "./membership/consent.ts";
export { type InvitationState, isCurrent } from "./membership/invitation.ts";
export {
  type Invitation,
  type InvitationLedger,
  MEMBERSHIP_ORIGINS,
  type Membership,
  type MembershipPorts,
  type Memberships,
  ownConnection,
} from "./membership/membership.ts";
export { isOwner, MAX_OWNERS } from "./membership/owners.ts";
export {
  type Connection,
  declaredConnection,
  declaredDomain,
  enabledOf,
  LOCKABLE_SETTINGS,
  type Organization,
  type OrganizationId,
  type Organizations,
  parseOrganizationId,
  type RegisteredConnection,
  type VerifiedDomain,
} from "./organization.ts";
export { PAGE_LIMIT, type Page } from "./page.ts";
export { causeOf, identifierOf, Refusal, Unknown } from "./refusal.ts";
export { newRevision } from "./revision.ts";
export { ENTERPRISE_STRATEGIES } from "./strategy.ts";
export { type BearerToken, bearerTokenOf, type RawHeaders } from "./token/bearer-token.ts";
export {
  type ClaimedActor,
  type ClaimedEmail,
  type Source,
  type TokenVerifier,
  type UnverifiedClaims,
  type VerifiedClaims,
  verifiedClaims,
} from "./token/claims.ts";
export {
  type AdminClients,
  isApplication,
  refuseAdministration,
  refuseDelegated,
} from "./token/token-limits.ts";
export { noTrace, type Trace } from "./trace.ts";
export {
  type Changes,
  type Items,
  type Read,
  type Transactions,
  transact,
  type Write,
} from "./transaction.ts";
export { parseUserId, type UserId } from "./user-id.ts";
export { abortable, untilEither } from "./waiting/abortable.ts";
export {
  type CachedRead,
  endedReads,
  endRead,
  loadsCache,
  type Memory,
  Reads,
  readFromCache,
  readOutsideCaches,
  recordReads,
  renewsCache,
  unrecorded,
} from "./waiting/reads.ts";
export {
  currentTrace,
  type RequestTrace,
  type TraceParent,
  traceFields,
  traceHeaders,
  traceRequest,
} from "./waiting/request-trace.ts";
export { SingleFlight } from "./waiting/single-flight.ts";
export { Turns } from "./waiting/turns.ts";
