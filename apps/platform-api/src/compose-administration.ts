import {
  createTable,
  type DynamoTable,
  dynamoAudit,
  dynamoBlockedUsers,
  dynamoIdentityRegistry,
  dynamoMembershipRegistry,
  dynamoMemberships,
  dynamoOrganizationRegistry,
  dynamoOrganizations,
  dynamoRelinkWindows,
  dynamoSpeakers,
  type TableCreation,
  type UpgradeOptions,
  type UpgradeOutcome,
  upgradeSteps,
  upgradeTable,
} from "@platform-api/server/adapters";
import type {
  ActionLog,
  AuditLog,
  BlockedUsers,
  IdentityRegistry,
  MembershipRegistry,
  Memberships,
  OrganizationRegistry,
  Organizations,
  RelinkWindowRegistry,
  SpeakersStore,
} from "@platform-api/server/domain";
import type { StoreConfig } from "./config.ts";

/** The stores that the verbs of administration use, without a cache, and the actor who calls them. */
export interface Administration extends ActionLog {
  readonly organizations: Organizations;
  readonly organizationRegistry: OrganizationRegistry;
  readonly memberships: Memberships;
  readonly membershipRegistry: MembershipRegistry;
  readonly identities: IdentityRegistry;
  readonly speakers: SpeakersStore;
  readonly blockedUsers: BlockedUsers;
  readonly windows: RelinkWindowRegistry;
  readonly audit: AuditLog;
  readonly now: () => Date;
}

export function composeAdministration(table: DynamoTable, actor: Administration["actor"]): Administration {
  return {
    organizations: dynamoOrganizations(table),
    organizationRegistry: dynamoOrganizationRegistry(table),
    memberships: dynamoMemberships(table),
    membershipRegistry: dynamoMembershipRegistry(table),
    identities: dynamoIdentityRegistry(table),
    speakers: dynamoSpeakers(table),
    blockedUsers: dynamoBlockedUsers(table),
    windows: dynamoRelinkWindows(table),
    audit: dynamoAudit(table),
    actor,
    now: () => new Date(),
  };
}

/** What operators do to the table itself. */
export interface TableAdministration {
  readonly name: string;
  create(signal: AbortSignal): Promise<TableCreation>;
  upgrade(options: UpgradeOptions, signal: AbortSignal): Promise<UpgradeOutcome>;
}

export function composeTableAdministration(table: DynamoTable, config: StoreConfig): TableAdministration {
  return {
    name: config.DYNAMODB_TABLE,
    create: (signal) => createTable(table, signal),
    upgrade: (options, signal) =>
      upgradeTable(table, upgradeSteps(table, config.AUTH0_OTHER_STRATEGIES), options, signal),
  };
}
