import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type KeySchemaElement,
  ResourceInUseException,
  ResourceNotFoundException,
} from "@aws-sdk/client-dynamodb";
import { INDEX } from "./keys.ts";
import { sendRequest } from "./store-request.ts";
import { createDynamoTable, type DynamoTable } from "./table.ts";
import { type ProtectionResult, protectTable } from "./table-protection.ts";
import { markUpgraded } from "./upgrade-states.ts";

/** Creating a table takes longer than reading it. */
const ATTEMPT_MS = 10_000;
const DEADLINE_MS = 60_000;
const POLL_MS = 100;

/** What {@link createTable} has changed. */
export interface TableCreation extends ProtectionResult {
  /** Whether this call created the table. */
  readonly created: boolean;
}

/**
 * Creates the table unless it exists, waits until it is active, and protects it from loss.
 * @throws {Refusal} STORE_UNAVAILABLE when that takes longer than a minute or `signal` aborts
 */
export async function createTable({ options }: DynamoTable, signal: AbortSignal): Promise<TableCreation> {
  const patient = createDynamoTable({ ...options, attemptMs: ATTEMPT_MS });
  const request = { what: "table: creating", deadlineMs: DEADLINE_MS, signal };
  try {
    const creation = await sendRequest(request, async ({ abortSignal }) => {
      const created = await create(patient, abortSignal);
      while (!(await isActive(patient, abortSignal)))
        await sleep(POLL_MS, undefined, { signal: abortSignal });
      return { created, ...(await protectTable(patient, abortSignal)) };
    });
    if (creation.created) await markUpgraded(patient, signal);
    return creation;
  } finally {
    patient.close();
  }
}

async function create({ documents, options }: DynamoTable, abortSignal: AbortSignal): Promise<boolean> {
  try {
    await documents.send(new CreateTableCommand(definition(options.table)), { abortSignal });
    return true;
  } catch (error) {
    if (error instanceof ResourceInUseException) return false;
    throw error;
  }
}

async function isActive({ documents, options }: DynamoTable, abortSignal: AbortSignal): Promise<boolean> {
  const describe = new DescribeTableCommand({ TableName: options.table });
  try {
    const { Table } = await documents.send(describe, { abortSignal });
    const index = Table?.GlobalSecondaryIndexes?.find(({ IndexName }) => IndexName === INDEX);
    if (index === undefined) throw new Error(`the table exists without the index ${INDEX}`);
    return Table?.TableStatus === "ACTIVE" && index.IndexStatus === "ACTIVE";
  } catch (error) {
    // Descriptions are eventually consistent: a new table may not have one yet.
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
}

function definition(table: string): CreateTableCommandInput {
  return {
    TableName: table,
    BillingMode: "PAY_PER_REQUEST",
    DeletionProtectionEnabled: true,
    AttributeDefinitions: ["pk", "sk", "gsi1pk", "gsi1sk"].map((AttributeName) => ({
      AttributeName,
      AttributeType: "S",
    })),
    KeySchema: keySchema("pk", "sk"),
    GlobalSecondaryIndexes: [
      { IndexName: INDEX, KeySchema: keySchema("gsi1pk", "gsi1sk"), Projection: { ProjectionType: "ALL" } },
    ],
  };
}

function keySchema(partition: string, sort: string): KeySchemaElement[] {
  return [
    { AttributeName: partition, KeyType: "HASH" },
    { AttributeName: sort, KeyType: "RANGE" },
  ];
}
