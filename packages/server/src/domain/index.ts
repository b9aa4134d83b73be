export {
  REASONS,
  type Reason,
  ROLES,
  type Role,
  type ServicePermission,
} from "../wire/index.ts";
export { AUDIT_ORDERS, type AuditOrder, type AuditQuery, listAudit } from "./audit/feed.ts";
export {
  type AuditRange,
  auditPosition,
  mergeParts,
  monthOf,
  type OrganizationAudit,
  type OrganizationAuditEntry,
  parseSeenActor,
  parseUserActor,
  personsOf,
  type SeenActor,
  seenByOrganization,
  userOf,
} from "./audit/organization-audit.ts";
export {
  type FeedPage,
  listWholeAudit,
  seenByService,
  type WholeAudit,
  type WholeAuditEntry,
} from "./audit/whole-feed.ts";
export {
  AUDIT_ACTIONS,
  AUDIT_FIELDS,
  AUDIT_RULES,
  AUDIT_SOURCES,
  type Audit,
  type AuditAction,
  type AuditEntry,
  type AuditLog,
  type AuditValues,
  auditEntry,
  LEAST_AUDIT_DAYS,
  type OperatorActor,
} from "./audit.ts";
export { batchesOf } from "./batches.ts";
export { beginConnection } from "./connections/begin.ts";
export { type ConnectionTest, testConnection } from "./connections/connection-test.ts";
export { listConnections, removeConnection, updateConnection } from "./connections/connections.ts";
export { getConnection } from "./connections/finish.ts";
export {
  type Auth0Connection,
  type Auth0Tenant,
  type ConnectionSetup,
  type ConnectionStore,
  type ConnectionView,
  SETUP_STEPS,
  type SetupStep,
  type TestStep,
  type TokenTrial,
} from "./connections/setup.ts";
export { type DomainProof, FOUND_KINDS, type Found, USUAL_RECORD_LABEL } from "./domain-proof.ts";
export {
  type DomainClaim,
  type DomainNames,
  type DomainStore,
  type DomainView,
  lastSeenAt,
  type TxtAnswer,
  type TxtLookup,
} from "./domains/claim.ts";
export { checkDomain, claimDomain, listDomains, releaseDomain } from "./domains/domains.ts";
export { type RecheckedDomain, recheckDomains } from "./domains/recheck.ts";
export { type CanonicalEmail, type DomainName, domainOf, parseDomain, parseEmail } from "./email.ts";
export {
  type CheckCredentials,
  type ClientCredentials,
  clientCredentialsOf,
  wrongCredentials,
} from "./identity/client-credentials.ts";
export { type EndedRules, refuseEndedToken } from "./identity/ended.ts";
export {
  type Block,
  type HeldSeat,
  type IdentityLink,
  type IdentityLinks,
  type IdentityRegistry,
  isOnSeat,
  type KnownSubject,
  type KnownUser,
  LINK_RULES,
  type Seat,
  type StoredLinks,
} from "./identity/identity-link.ts";
export { linkOf } from "./identity/own-link.ts";
export {
  requirePermission,
  type Service,
  type ServiceClients,
  serviceOf,
  signsOf,
} from "./identity/principal.ts";
export { isOpen, type RelinkWindow, type RelinkWindows } from "./identity/relink-window.ts";
export {
  createIdentityResolver,
  type Identity,
  type IdentityResolverOptions,
  type IdentityRules,
  identityBy,
  personKey,
  type ResolveIdentity,
} from "./identity/resolve-identity.ts";
export type { TakenSeats } from "./identity/seat.ts";
export {
  aroundEnd,
  endSessions,
  endSessionsOf,
  SESSION_ENDS,
  type SessionEnd,
  type SignedOut,
  type SignOutPorts,
  signOutEverywhere,
} from "./identity/sign-out-everywhere.ts";
export { MAILBOX, noSpeakers, type Speakers, type SpeakersStore } from "./identity/speakers.ts";
export type { UserDirectory } from "./identity/user-directory.ts";
export { changeInvitations } from "./invitations/change-many.ts";
export { invite, resendInvitation, revokeInvitation } from "./invitations/invitations.ts";
export type { Invited } from "./invitations/offer.ts";
export type { Outbox } from "./invitations/outbox.ts";
export { type InvitationView, listInvitations } from "./invitations/view.ts";
export type { TrustMode } from "./login/address-trust.ts";
export { discover, type SignInOption } from "./login/discovery.ts";
export { connectionNameOf, type Login, loginOf } from "./login/login.ts";
export {
  type ClosingMail,
  type DomainMail,
  type InvitationMail,
  type Mailer,
  MailFailed,
  type RestoreRequestMail,
} from "./mailer.ts";
export {
  type MemberPlace,
  type MemberWord,
  memberPlaces,
  memberWords,
  PLACED_BY,
  shelfOf,
} from "./member-places.ts";
export { MEMBER_ORDERS, type MemberQuery } from "./members/asked-members.ts";
export { changeMembers } from "./members/change-many.ts";
export { listMembers, lookUpMembers, ownerAddresses } from "./members/list.ts";
export { type Member, memberOf } from "./members/member.ts";
export { leave, removeMember, restoreMember, setRole } from "./members/members.ts";
export { askToBeRestored } from "./members/restore-request.ts";
export {
  type ActiveOrganization,
  activeOrganization,
  checkRole,
  type MembershipRules,
  readMembershipBeside,
  refuseRemovedElsewhere,
  tokenOrganization,
} from "./membership/access.ts";
export { join, listOrganizations } from "./membership/belonging.ts";
export { accept, decline } from "./membership/consent.ts";
export { type InvitationState, isCurrent, keptUntil, listPlaceOf } from "./membership/invitation.ts";
export {
  type Invitation,
  type InvitationLedger,
  type InvitationList,
  type InvitationRange,
  type MemberFilter,
  type MembershipPorts,
  type MembershipRegistry,
  type Memberships,
  ownConnection,
} from "./membership/memberships.ts";
export { isOwner, MAX_OWNERS } from "./membership/owners.ts";
export { type Judged, type Owner, operatorOf, type ReadAhead, requireRole } from "./membership/standing.ts";
export { type BegunWork, standingsOf } from "./membership/user-standing.ts";
export { MEMBERSHIP_ORIGINS, type Membership, memberPosition, newMembership } from "./membership.ts";
export type { Stores } from "./operators/administration.ts";
export { allowOrganization, planAllowance } from "./operators/allow.ts";
export {
  ApplyStopped,
  applyOrganizations,
  applyPlan,
  DeclarationRefused,
  type Plan,
  planOrganizations,
} from "./operators/apply-organizations.ts";
export { setBlocked } from "./operators/block.ts";
export { createOrganization } from "./operators/create-organization.ts";
export type { DeclarationWarning } from "./operators/declaration-warnings.ts";
export {
  applyImport,
  type DeclaredMember,
  type ImportProblem,
  ImportStopped,
  type PlannedMember,
  planImport,
  type RegisteredUsers,
} from "./operators/import-members.ts";
export { countLinkedPeople, type LinkedPeople } from "./operators/linked-people.ts";
export type { ApplyPorts, ApplyProgress, DeclarationProblem } from "./operators/organization-comparison.ts";
export type {
  DeclaredOrganization,
  OrganizationRegistry,
  OrganizationState,
} from "./operators/organization-registry.ts";
export type { Change } from "./operators/organization-step.ts";
export {
  planRelinkSubject,
  planUnlink,
  type Relink,
  relinkSubject,
  unlinkSubject,
} from "./operators/relink.ts";
export {
  closeRelinkWindow,
  findRelinkWindow,
  listTakenOver,
  openRelinkWindow,
  RelinkWindowRefused,
} from "./operators/relink-window.ts";
export {
  type AddressOverview,
  describeAddress,
  describeSubject,
  describeUser,
  requireKnownUser,
  SubjectNotLinked,
  type UserOverview,
} from "./operators/user-overview.ts";
export {
  type Connection,
  declaredConnection,
  declaredDomain,
  enabledIn,
  enabledOf,
  isClosed,
  LOCKABLE,
  newOrganization,
  type Organization,
  type OrganizationId,
  type Organizations,
  parseOrganizationId,
  type RegisteredConnection,
  type VerifiedDomain,
} from "./organization.ts";
export { PAGE_LIMIT, type Page } from "./page.ts";
export { type PersonName, parsePersonName } from "./person-name.ts";
export { type DomainOverview, describeDomain } from "./personal-data/at-domain.ts";
export {
  type Erased,
  type ErasurePlan,
  erasePerson,
  type Outcome,
  planErasure,
} from "./personal-data/erase.ts";
export { exportPerson, type PersonalExport } from "./personal-data/export.ts";
export type {
  Held,
  HeldEntry,
  HeldHeartbeat,
  HeldItems,
  HeldNotice,
  HeldPage,
  PersonalItems,
  Place,
} from "./personal-data/held-items.ts";
export { type PersonPorts, personOf } from "./personal-data/holdings.ts";
export type { Names, Person } from "./personal-data/person.ts";
export { causeOf, identifierOf, Refusal, refusal, Unknown } from "./refusal.ts";
export {
  type KeptRefusal,
  keepRefusal,
  type RefusalBounds,
  type RefusalPorts,
} from "./refusals/keep.ts";
export { listRefusals, REFUSAL_CURES, type RefusalCure, type RefusalView } from "./refusals/list.ts";
export {
  isRefusedReason,
  MAX_REFUSALS,
  REFUSALS_KEPT_MS,
  REFUSED_REASONS,
  type RecentRefusal,
  type RefusalAbout,
  type RefusalLog,
  type RefusalStore,
  type RefusedLogin,
  type RefusedReason,
  refusalKey,
} from "./refusals/refusals.ts";
export { newRevision } from "./revision.ts";
export type { EventCursor, EventCursors } from "./revocation/event-cursor.ts";
export {
  afterSaying,
  afterTimes,
  BLOCKERS,
  type Blocker,
  type EndedSession,
  noFacts,
  type Revocations,
  type SaidBlocked,
  type SessionKey,
  type SignOut,
  type StoredRevocations,
  type SubjectFacts,
  secondsOf,
} from "./revocation/facts.ts";
export type { Logout, VerifyLogout } from "./revocation/logout.ts";
export {
  begunReconciliation,
  type Listed,
  type Reconciliation,
  type Reconciliations,
  reconcile,
  TooManyDeletions,
} from "./revocation/reconcile.ts";
export {
  type RevocationPorts,
  recordEvent,
  recordLogout,
  type SubjectEvent,
  setSubjectBlocked,
  signOut,
  signSubjectOut,
} from "./revocation/record.ts";
export {
  blockerOf,
  type Ending,
  findEnd,
  type Issued,
  refuseBlockedSubject,
  refuseRevoked,
} from "./revocation/rule.ts";
export type { TenantUser, TenantUsers } from "./revocation/tenant-users.ts";
export {
  answerQuestion,
  applyUserEvent,
  type Question,
  type UserEvent,
  type UserEventPorts,
} from "./revocation/user-events.ts";
export { changesOfRows, MOST_ROWS } from "./rows.ts";
export type { Auth0Pointer } from "./settings/auth0-id.ts";
export { callOffClosing, requestClosing, setState } from "./settings/closing.ts";
export {
  type OrganizationView,
  type SettingsChange,
  updateOrganization,
  viewOf,
} from "./settings/settings.ts";
export { ENTERPRISE_STRATEGIES } from "./strategy.ts";
export { isSameSubject, type LoginId, loginIdOf, parseLoginId, type SubjectKey } from "./subject-key.ts";
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
export { abortable, sleep, within } from "./waiting/abortable.ts";
export {
  type CachedRead,
  endedReads,
  endRead,
  type Freshness,
  holds,
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
export { type OnWait, Turns } from "./waiting/turns.ts";
