import { setTimeout as sleep } from "node:timers/promises";
import {
  ContinuousBackupsUnavailableException,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  ResourceInUseException,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import type { DynamoTable } from "./table.ts";

/** What guards the table against loss. */
export type Protection = "deletion protection" | "point-in-time recovery";

export interface ProtectionResult {
  /** What was off until now. */
  readonly switchedOn: readonly Protection[];
  /** What this store does not offer; an embedded store offers neither. */
  readonly unsupported: readonly Protection[];
}

type Outcome = "on already" | "switched on" | "unsupported";
type RequestOptions = { readonly abortSignal: AbortSignal };

const POLL_MS = 100;

/** Switches on what is off. Waits while the table is too busy or too new. @throws the SDK's error */
export async function protectTable(table: DynamoTable, abortSignal: AbortSignal): Promise<ProtectionResult> {
  const untilDone = async (step: typeof preventDeletion): Promise<Outcome> => {
    for (;;) {
      const outcome = await step(table, { abortSignal }).catch(nullIfBusy);
      if (outcome !== null) return outcome;
      await sleep(POLL_MS, undefined, { signal: abortSignal });
    }
  };
  const outcomes: readonly (readonly [Protection, Outcome])[] = [
    ["deletion protection", await untilDone(preventDeletion)],
    ["point-in-time recovery", await untilDone(keepBackups)],
  ];
  const having = (wanted: Outcome) => outcomes.flatMap(([name, outcome]) => (outcome === wanted ? name : []));
  return { switchedOn: having("switched on"), unsupported: having("unsupported") };
}

/** The table is being changed, or is so new that it has no backups yet. */
function nullIfBusy(error: unknown): null {
  const isBusy =
    error instanceof ResourceInUseException || error instanceof ContinuousBackupsUnavailableException;
  if (isBusy) return null;
  throw error;
}

async function preventDeletion({ documents, options }: DynamoTable, send: RequestOptions): Promise<Outcome> {
  const TableName = options.table;
  const { Table } = await documents.send(new DescribeTableCommand({ TableName }), send);
  const isEnabled = Table?.DeletionProtectionEnabled;
  if (isEnabled === true) return "on already";
  try {
    await documents.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: true }), send);
    return "switched on";
  } catch (error) {
    // A store that does not know the field ignores it, and finds nothing to update.
    if (isEnabled === undefined && isNamed(error, "ValidationException")) return "unsupported";
    if (isNamed(error, "UnknownOperationException")) return "unsupported";
    throw error;
  }
}

async function keepBackups({ documents, options }: DynamoTable, send: RequestOptions): Promise<Outcome> {
  const TableName = options.table;
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
  try {
    const described = await documents.send(new DescribeContinuousBackupsCommand({ TableName }), send);
    const recovery = described.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
    if (recovery?.PointInTimeRecoveryStatus === "ENABLED") return "on already";
    const update = new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification });
    await documents.send(update, send);
    return "switched on";
  } catch (error) {
    if (isNamed(error, "UnknownOperationException")) return "unsupported";
    throw error;
  }
}

/** For errors that the SDK has no class for. */
function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
