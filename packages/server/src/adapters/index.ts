export { type Auth0TenantOptions, auth0Tenant } from "./auth0/auth0-tenant.ts";
export { createCredentialCheck } from "./auth0/credential-check.ts";
export { auth0Events } from "./auth0/events/event-source.ts";
export { type FollowReport, followEvents } from "./auth0/events/follow-events.ts";
export { ManagementError } from "./auth0/management-error.ts";
export type { ManagementToken, TokenSource } from "./auth0/management-token.ts";
export { TENANT_SCOPES } from "./auth0/tenant-calls.ts";
export {
  type TenantAction,
  type TenantApi,
  type TenantClient,
  type TenantConnection,
  type TenantReader,
  tenantReader,
} from "./auth0/tenant-reads.ts";
export { type Auth0Account, type Auth0Users, auth0Users, USER_SCOPES } from "./auth0/tenant-users.ts";
export { boundedBody } from "./bounded-body.ts";
export { MAX_UNNOTIFIED_MS, NotifiedCaches } from "./cache.ts";
export type { CacheKey } from "./cache-keys.ts";
export type { Caches } from "./cache-use.ts";
export { cachedIdentityLinks, cachedMemberships, cachedOrganizations } from "./caches.ts";
export { type ChangesPoll, followChanges } from "./changes.ts";
export { systemClock } from "./clock.ts";
export { dnsTxtLookup, isResolver } from "./dns.ts";
export { domainNames } from "./domain-names.ts";
export { dynamoAudit, dynamoOrganizationAudit, dynamoWholeAudit } from "./dynamodb/audit.ts";
export { dynamoChanges } from "./dynamodb/changes.ts";
export {
  dynamoEventCursors,
  dynamoFollowing,
  dynamoReconciliations,
} from "./dynamodb/event-cursors.ts";
export { dynamoIdentities, dynamoRelinkWindows, dynamoSpeakers } from "./dynamodb/identities.ts";
export {
  dynamoMailOutcomes,
  dynamoMemberships,
} from "./dynamodb/memberships.ts";
export { dynamoOrganizationRegistry } from "./dynamodb/organization-registry.ts";
export {
  dynamoConnections,
  dynamoDomains,
  dynamoOrganizations,
  dynamoUncheckedSince,
} from "./dynamodb/organizations.ts";
export { dynamoPersonalItems } from "./dynamodb/personal-items.ts";
export { type PlacedPage, placeMembers } from "./dynamodb/place-members.ts";
export { dynamoReadAhead } from "./dynamodb/read-ahead.ts";
export { dynamoRefusals } from "./dynamodb/refusals.ts";
export type { TableCreation } from "./dynamodb/table/create-table.ts";
export type { CredentialsLoad } from "./dynamodb/table/credentials.ts";
export { createDynamoTable, type DynamoTable } from "./dynamodb/table/table.ts";
export { dynamoTransactions } from "./dynamodb/transactions.ts";
export type { TableFinding } from "./dynamodb/verify-rules.ts";
export { type VerifiedPage, verifyTable } from "./dynamodb/verify-table.ts";
export { createOutbox } from "./mail/outbox.ts";
export { parseSender, type Sender } from "./mail/sender.ts";
export { type MailOutcome, smtpMailer } from "./mail/smtp-mailer.ts";
export { parseSmtpUrl, type SmtpServer } from "./mail/smtp-url.ts";
export { type Following, following } from "./metrics/following.ts";
export { createMetrics, type Metrics } from "./metrics/metrics.ts";
export { recheckAge } from "./metrics/recheck-age.ts";
export type { OnAnyUpstream } from "./metrics/upstream-metrics.ts";
export { createRateLimiter } from "./rate-limiter.ts";
export { createRefusalLog } from "./refusal-log.ts";
export { createMemory } from "./remembered.ts";
export { type AuditTroubles, requestAudit, requestTransactions } from "./request-audit.ts";
export { createTakenSeats } from "./taken-seats.ts";
export type { OnUpstream } from "./timed.ts";
export { accountClaims } from "./tokens/account-claims.ts";
export {
  auth0Rows,
  type IssuerRow,
  platformRow,
  TEST_ISSUER,
  TEST_TENANT,
  testRow,
} from "./tokens/issuers.ts";
export { type JwksRefresh, JwksSource } from "./tokens/jwks-source.ts";
export { createLogoutVerifier } from "./tokens/logout-token.ts";
export { secretProblem } from "./tokens/secrets.ts";
export { checkJsonStructure } from "./tokens/strict-json.ts";
export { machineSign } from "./tokens/token-limits.ts";
export {
  createTokenVerifier,
  type TokenRules,
  type TokenVerifierOptions,
  type TracedTokenVerifier,
} from "./tokens/verifier.ts";
export { Spans } from "./tracing/spans.ts";
export { cljRegisteredUsers, cljUserDirectory } from "./user-directory.ts";
