export { type AuditLog, dynamoAudit } from "./audit.ts";
export { type BlockedUsers, dynamoBlockedUsers } from "./blocked-users.ts";
export { dynamoIdentityLinks } from "./identity-links.ts";
export { dynamoIdentityRegistry } from "./identity-registry.ts";
export {
  dynamoMembershipRegistry,
  type MembershipKey,
  type MembershipRegistry,
} from "./membership-registry.ts";
export { dynamoMemberships } from "./memberships.ts";
export {
  type DeclaredNames,
  dynamoOrganizationRegistry,
  type OrganizationRegistry,
  type OrganizationState,
} from "./organization-registry.ts";
export { dynamoOrganizations } from "./organizations.ts";
export { dynamoRelinkWindows, type RelinkWindowRegistry } from "./relink-windows.ts";
export { dynamoSpeakers } from "./speakers.ts";
export { speakersUpgrade } from "./speakers-upgrade.ts";
export { createTable, type TableCreation } from "./table/create-table.ts";
export type { CredentialsLoad } from "./table/credentials.ts";
export { createDynamoTable, type DynamoTable, type DynamoTableOptions } from "./table/table.ts";
export { SPEAKERS_STEP, UPGRADE_STEPS, upgradeStates } from "./table/upgrade-states.ts";
export { type UpgradeOutcome, type UpgradeProgress, upgradeTable } from "./table/upgrade-table.ts";
