export { dynamoAudit } from "./audit.ts";
export { dynamoBlockedUsers } from "./blocked-users.ts";
export { dynamoIdentityLinks } from "./identity-links.ts";
export { dynamoIdentityRegistry } from "./identity-registry.ts";
export { dynamoMembershipRegistry } from "./membership-registry.ts";
export { dynamoMemberships } from "./memberships.ts";
export { dynamoOrganizationRegistry } from "./organization-registry.ts";
export { dynamoOrganizations } from "./organizations.ts";
export { dynamoRelinkWindows } from "./relink-windows.ts";
export { dynamoSpeakers } from "./speakers.ts";
export { createTable, type TableCreation } from "./table/create-table.ts";
export type { CredentialsLoad } from "./table/credentials.ts";
export { createDynamoTable, type DynamoTable } from "./table/table.ts";
export { SPEAKERS_STEP, UPGRADE_STEPS, upgradeStates } from "./table/upgrade-states.ts";
export {
  type UpgradeOptions,
  type UpgradeOutcome,
  type UpgradeProgress,
  upgradeTable,
} from "./table/upgrade-table.ts";
export { upgradeSteps } from "./upgrade-steps.ts";
