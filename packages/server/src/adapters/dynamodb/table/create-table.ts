import {
  ContinuousBackupsUnavailableException,
  type CreateTableCommandInput,
  type DynamoDB,
  type KeySchemaElement,
  ResourceInUseException,
  ResourceNotFoundException,
} from "@aws-sdk/client-dynamodb";
import { sleep } from "../../../domain/index.ts";
import { INDEXES, type IndexName, TTL_ATTRIBUTE } from "./keys.ts";
import { sendRequest } from "./store-request.ts";
import { createDynamoTable, type DynamoTable } from "./table.ts";

/** Creating a table takes longer than reading it. */
const ATTEMPT_MS = 10_000;
const DEADLINE_MS = 60_000;
const POLL_MS = 100;

const INDEX_NAMES = Object.keys(INDEXES) as IndexName[];
/** Each once. */
const KEY_ATTRIBUTES = [
  ...new Set(["pk", "sk", ...Object.values(INDEXES).flatMap(({ pk, sk }) => [pk, sk])]),
];

/** What is switched on for every table. */
type Setting = "deletion protection" | "point-in-time recovery" | "time to live";
type Outcome = "on already" | "switched on" | "unsupported";

/** Where the table is, and when its requests end. */
interface Place {
  readonly client: DynamoDB;
  readonly TableName: string;
  readonly ending: { readonly abortSignal: AbortSignal };
}

/** What {@link createTable} has changed. */
export interface TableCreation {
  /** Whether this call created the table. */
  readonly created: boolean;
  /** What was off until now. */
  readonly switchedOn: readonly Setting[];
  /** What this store does not offer; an embedded store offers no protection. */
  readonly unsupported: readonly Setting[];
}

/**
 * Creates the table unless it exists, waits until it is active, protects it from loss, and lets notices expire.
 * @throws {Refusal} STORE_UNAVAILABLE when that takes longer than a minute or `signal` aborts
 */
export async function createTable({ options }: DynamoTable, signal: AbortSignal): Promise<TableCreation> {
  const patient = createDynamoTable({ ...options, attemptMs: ATTEMPT_MS });
  const request = { what: "table: creating", deadlineMs: DEADLINE_MS, signal };
  try {
    return await sendRequest(request, async (ending) => {
      const place = { client: await patient.client(), TableName: options.table, ending };
      const created = await create(place);
      while (!(await isActive(place))) await sleep(POLL_MS, ending.abortSignal);
      return { created, ...(await switchAllOn(place)) };
    });
  } finally {
    patient.close();
  }
}

async function create({ client, TableName, ending }: Place): Promise<boolean> {
  try {
    await client.createTable(definition(TableName), ending);
    return true;
  } catch (error) {
    if (error instanceof ResourceInUseException) return false;
    throw error;
  }
}

async function isActive({ client, TableName, ending }: Place): Promise<boolean> {
  try {
    const { Table } = await client.describeTable({ TableName }, ending);
    const states = new Map(
      Table?.GlobalSecondaryIndexes?.map(({ IndexName, IndexStatus }) => [IndexName, IndexStatus]),
    );
    const missing = INDEX_NAMES.filter((name) => !states.has(name));
    if (missing.length > 0) throw new Error(`the table exists without the index ${missing.join(", ")}`);
    return Table?.TableStatus === "ACTIVE" && INDEX_NAMES.every((name) => states.get(name) === "ACTIVE");
  } catch (error) {
    // Descriptions are eventually consistent: a new table may not have one yet.
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
}

function definition(TableName: string): CreateTableCommandInput {
  return {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    DeletionProtectionEnabled: true,
    AttributeDefinitions: KEY_ATTRIBUTES.map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    KeySchema: keySchema("pk", "sk"),
    GlobalSecondaryIndexes: INDEX_NAMES.map((IndexName) => ({
      IndexName,
      KeySchema: keySchema(INDEXES[IndexName].pk, INDEXES[IndexName].sk),
      Projection: { ProjectionType: "ALL" },
    })),
  };
}

function keySchema(partition: string, sort: string): KeySchemaElement[] {
  return [
    { AttributeName: partition, KeyType: "HASH" },
    { AttributeName: sort, KeyType: "RANGE" },
  ];
}

/** Switches on what is off. Waits while the table is too busy or too new. @throws the SDK's error */
async function switchAllOn(place: Place): Promise<Omit<TableCreation, "created">> {
  const untilDone = async (step: typeof preventDeletion): Promise<Outcome> => {
    for (;;) {
      try {
        return await step(place);
      } catch (error) {
        if (isNamed(error, "UnknownOperationException")) return "unsupported";
        if (!isBusy(error)) throw error;
      }
      await sleep(POLL_MS, place.ending.abortSignal);
    }
  };
  const outcomes: readonly (readonly [Setting, Outcome])[] = [
    ["deletion protection", await untilDone(preventDeletion)],
    ["point-in-time recovery", await untilDone(keepBackups)],
    ["time to live", await untilDone(removeExpired)],
  ];
  const having = (wanted: Outcome) => outcomes.flatMap(([name, outcome]) => (outcome === wanted ? name : []));
  return { switchedOn: having("switched on"), unsupported: having("unsupported") };
}

/** The table is being changed, or is so new that it has no backups yet. */
function isBusy(error: unknown): boolean {
  return error instanceof ResourceInUseException || error instanceof ContinuousBackupsUnavailableException;
}

async function preventDeletion({ client, TableName, ending }: Place): Promise<Outcome> {
  const { Table } = await client.describeTable({ TableName }, ending);
  const isEnabled = Table?.DeletionProtectionEnabled;
  if (isEnabled === true) return "on already";
  try {
    await client.updateTable({ TableName, DeletionProtectionEnabled: true }, ending);
    return "switched on";
  } catch (error) {
    // A store that does not know the field ignores it, and finds nothing to update.
    if (isEnabled === undefined && isNamed(error, "ValidationException")) return "unsupported";
    throw error;
  }
}

async function keepBackups({ client, TableName, ending }: Place): Promise<Outcome> {
  const { ContinuousBackupsDescription } = await client.describeContinuousBackups({ TableName }, ending);
  const recovery = ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
  if (recovery?.PointInTimeRecoveryStatus === "ENABLED") return "on already";
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
  await client.updateContinuousBackups({ TableName, PointInTimeRecoverySpecification }, ending);
  return "switched on";
}

async function removeExpired(place: Place): Promise<Outcome> {
  const { client, TableName, ending } = place;
  if (await expires(place)) return "on already";
  const TimeToLiveSpecification = { AttributeName: TTL_ATTRIBUTE, Enabled: true };
  try {
    await client.updateTimeToLive({ TableName, TimeToLiveSpecification }, ending);
    return "switched on";
  } catch (error) {
    // Another process was faster.
    if (isNamed(error, "ValidationException") && (await expires(place))) return "on already";
    throw error;
  }
}

async function expires({ client, TableName, ending }: Place): Promise<boolean> {
  const { TimeToLiveDescription } = await client.describeTimeToLive({ TableName }, ending);
  const { TimeToLiveStatus, AttributeName } = TimeToLiveDescription ?? {};
  return (
    AttributeName === TTL_ATTRIBUTE && (TimeToLiveStatus === "ENABLED" || TimeToLiveStatus === "ENABLING")
  );
}

/** For errors that the SDK has no class for. */
function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
