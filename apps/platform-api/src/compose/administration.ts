import {
  type DynamoTable,
  dynamoAudit,
  dynamoEventCursors,
  dynamoIdentities,
  dynamoMemberships,
  dynamoOrganizationAudit,
  dynamoOrganizationRegistry,
  dynamoOrganizations,
  dynamoPersonalItems,
  dynamoReconciliations,
  dynamoRefusals,
  dynamoRelinkWindows,
  dynamoSpeakers,
  dynamoTransactions,
  placeMembers,
  verifyTable,
} from "@platform-api/server/adapters";
import { createTable } from "@platform-api/server/adapters/create-table";
import type { OperatorActor, TokenTrial } from "@platform-api/server/domain";
import type { StoreConfig } from "../config/config.ts";
import type { composeOutbox } from "./mail.ts";
import { composeSelfService } from "./self-service.ts";

/** Judging a token needs the configuration of `serve`. */
const NO_TRIAL: TokenTrial = {
  judge: async () => {
    throw new Error("this command has no verifier");
  },
};

export type Administration = ReturnType<typeof composeAdministration>;

/** The stores that the verbs of administration use, without a cache, and the actor who calls them. */
export function composeAdministration(
  table: DynamoTable,
  config: StoreConfig,
  actor: OperatorActor,
  outbox: ReturnType<typeof composeOutbox>,
) {
  return {
    organizations: dynamoOrganizations(table),
    organizationRegistry: dynamoOrganizationRegistry(table),
    memberships: dynamoMemberships(table),
    identities: dynamoIdentities(table),
    speakers: dynamoSpeakers(table),
    transactions: dynamoTransactions(table),
    windows: dynamoRelinkWindows(table),
    audit: dynamoAudit(table),
    eventCursors: dynamoEventCursors(table),
    reconciliations: dynamoReconciliations(table),
    organizationAudit: dynamoOrganizationAudit(table),
    refusals: dynamoRefusals(table),
    personalItems: dynamoPersonalItems(table),
    actor,
    outbox,
    ...composeSelfService(table, config),
    trial: NO_TRIAL,
    now: () => new Date(),
    /** What operators do to the table itself. */
    table: {
      name: config.DYNAMODB_TABLE,
      create: (signal: AbortSignal) => createTable(table, signal),
      verify: (signal: AbortSignal) => verifyTable(table, signal),
      placeMembers: (signal: AbortSignal) => placeMembers(table, signal),
    },
  };
}
