import { type CljClient, createCljClient } from "@platform-api/clj-client";
import { cljRegisteredUsers, createDynamoTable, type DynamoTable } from "@platform-api/server/adapters";
import type { RegisteredUsers } from "@platform-api/server/domain";
import type { DirectoryConfig, StoreConfig } from "../config/config.ts";

/** What is reported of requests to the store. */
export type StoreEvents = Pick<DynamoTable["options"], "onUpstream" | "onTrouble" | "onWait">;

export function composeTable(config: StoreConfig, events: StoreEvents = {}): DynamoTable {
  return createDynamoTable({
    table: config.DYNAMODB_TABLE,
    region: config.AWS_REGION,
    endpoint: config.DYNAMODB_ENDPOINT,
    attemptMs: config.STORE_ATTEMPT_MS,
    deadlineMs: config.STORE_DEADLINE_MS,
    auditDays: config.AUDIT_RETENTION_DAYS,
    ...events,
  });
}

export function composeDirectory(config: DirectoryConfig): CljClient {
  return createCljClient({
    url: config.CLJ_PG_WRAPPER_URL,
    token: config.CLJ_PG_WRAPPER_TOKEN,
    attemptMs: config.DIRECTORY_ATTEMPT_MS,
    deadlineMs: config.DIRECTORY_DEADLINE_MS,
  });
}

export function composeRegisteredUsers(config: DirectoryConfig): RegisteredUsers {
  return cljRegisteredUsers(composeDirectory(config));
}
