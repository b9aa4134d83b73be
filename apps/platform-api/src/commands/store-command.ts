import type { DynamoTable } from "@platform-api/server/adapters";
import { composeTable } from "../compose.ts";
import { type Environment, readStoreConfig, type StoreConfig } from "../config.ts";

/** A command's time, all of its questions to the store together. */
const COMMAND_DEADLINE_MS = 60_000;

/** Runs a command on the table, and closes it. */
export async function withTable<T>(
  env: Environment,
  run: (table: DynamoTable, signal: AbortSignal, config: StoreConfig) => Promise<T>,
  deadlineMs = COMMAND_DEADLINE_MS,
): Promise<T> {
  const config = readStoreConfig(env);
  const table = composeTable(config);
  try {
    const signal = AbortSignal.timeout(deadlineMs);
    await table.credentials.load(signal); // not in the time of the first question to the store
    return await run(table, signal, config);
  } finally {
    table.close();
  }
}
