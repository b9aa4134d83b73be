import { expect, it } from "vitest";
import { readStoreConfig } from "../config/config.ts";
import { composeTable } from "./upstreams.ts";

it("tells the table for how many days the audit is kept", () => {
  const env = { DYNAMODB_TABLE: "platform-api", AWS_REGION: "eu-central-1", AUDIT_RETENTION_DAYS: "365" };
  expect(composeTable(readStoreConfig(env)).options.auditDays).toBe(365);
});
