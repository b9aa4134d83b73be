export { cachedIdentityLinks, cachedMemberships, cachedOrganizations } from "./caches.ts";
export {
  createDynamoTable,
  createTable,
  type DynamoTable,
  type DynamoTableOptions,
  dynamoBlockedUsers,
  dynamoIdentityLinks,
  dynamoMembershipRegistry,
  dynamoMemberships,
  dynamoOrganizationRegistry,
  dynamoOrganizations,
  type MembershipRegistry,
  type OrganizationRegistry,
  type OrganizationState,
} from "./dynamodb/index.ts";
export {
  auth0Rows,
  createJwksSource,
  createTokenVerifier,
  type IssuerRow,
  type JwksRefresh,
  type JwksSource,
  platformRow,
  secretProblem,
  systemClock,
  TEST_ISSUER,
  TEST_TENANT,
  testRow,
} from "./tokens/index.ts";
export { cljUserDirectory } from "./user-directory.ts";
