import type { DynamoTable } from "@platform-api/server/adapters";
import { composeTable } from "../compose.ts";
import {
  type Administration,
  composeAdministration,
  composeTableAdministration,
  type TableAdministration,
} from "../compose-administration.ts";
import { type Environment, readStoreConfig, type StoreConfig } from "../config.ts";
import type { Terminal } from "./terminal.ts";

/** The time of one command: all of its store requests together. */
const COMMAND_DEADLINE_MS = 60_000;

/** Runs a command on the table and closes it afterwards. */
async function withTable<T>(
  env: Environment,
  run: (table: DynamoTable, signal: AbortSignal, config: StoreConfig) => Promise<T>,
  deadlineMs = COMMAND_DEADLINE_MS,
): Promise<T> {
  const config = readStoreConfig(env);
  const table = composeTable(config);
  try {
    const signal = AbortSignal.timeout(deadlineMs);
    await table.credentials.load(signal); // so that the first store request has its full time
    return await run(table, signal, config);
  } finally {
    table.close();
  }
}

/** Runs a command on the stores, as the operator of the terminal, and closes the table afterwards. */
export function withStores<T>(
  { env, operator }: Pick<Terminal, "env" | "operator">,
  run: (stores: Administration, signal: AbortSignal, config: StoreConfig) => Promise<T>,
  deadlineMs?: number,
): Promise<T> {
  return withTable(
    env,
    (table, signal, config) => run(composeAdministration(table, `operator:${operator}`), signal, config),
    deadlineMs,
  );
}

/** Runs a command on the table itself, and closes it afterwards. */
export function withTableAdministration<T>(
  { env }: Pick<Terminal, "env">,
  run: (table: TableAdministration, signal: AbortSignal) => Promise<T>,
  deadlineMs?: number,
): Promise<T> {
  return withTable(
    env,
    (table, signal, config) => run(composeTableAdministration(table, config), signal),
    deadlineMs,
  );
}

/** How long a change of links or blocks may stay unnoticed. */
export function cacheNotice({ IDENTITY_CACHE_MS }: StoreConfig): string {
  return `Running processes may take up to ${Math.ceil(IDENTITY_CACHE_MS / 1_000)} s (IDENTITY_CACHE_MS) to notice.`;
}
