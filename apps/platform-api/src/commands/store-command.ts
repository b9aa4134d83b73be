import { type OrganizationId, type Owner, operatorOf } from "@platform-api/server/domain";
import { type Administration, composeAdministration } from "../compose/administration.ts";
import { composeOutbox } from "../compose/mail.ts";
import { composeTable } from "../compose/upstreams.ts";
import { readStoreConfig, type StoreConfig } from "../config/config.ts";
import { createLogger } from "../log/logger.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** The time of one command: all of its store requests together. */
const COMMAND_DEADLINE_MS = 60_000;
/** Of one that reads the whole table: one of a hundred million items takes hours. */
export const WHOLE_TABLE_MS = 24 * 3_600_000;
/** Of a job, whose work is bounded piece by piece, however many there are. */
export const NO_DEADLINE = Number.POSITIVE_INFINITY;
/** A job waits longer for a busy store than a person does. */
const JOB_ATTEMPT_MS = 2_000;
/** Less than the 10 s after which the feed of the audit shows an entry. */
const JOB_REQUEST_MS = 5_000;

/** Runs a command on the stores, as the operator of the terminal, and closes the table afterwards. */
export async function withStores<T>(
  { env, operator }: Terminal,
  run: (stores: Administration, signal: AbortSignal, config: StoreConfig) => Promise<T>,
  deadlineMs = COMMAND_DEADLINE_MS,
): Promise<T> {
  const isJob = deadlineMs === NO_DEADLINE;
  const config = readStoreConfig(env);
  const table = composeTable(isJob ? patient(config) : config);
  try {
    // So that the first store request has its full time.
    await table.credentials.load(AbortSignal.timeout(COMMAND_DEADLINE_MS));
    const signal = isJob ? new AbortController().signal : AbortSignal.timeout(deadlineMs);
    const outbox = composeOutbox(config, table, { logger: createLogger("silent") });
    const stores = composeAdministration(table, config, `operator:${operator}`, outbox);
    const result = await run(stores, signal, config);
    await outbox?.idle();
    return result;
  } finally {
    table.close();
  }
}

function patient(config: StoreConfig): StoreConfig {
  return {
    ...config,
    STORE_ATTEMPT_MS: Math.max(config.STORE_ATTEMPT_MS, JOB_ATTEMPT_MS),
    STORE_DEADLINE_MS: Math.max(config.STORE_DEADLINE_MS, JOB_REQUEST_MS),
  };
}

/** What an operator does in an organization, where they have the rights of its owners. */
export type OperatorAction<T> = (operator: Owner, stores: Administration, signal: AbortSignal) => Promise<T>;

export function asOperator<T>(id: OrganizationId, terminal: Terminal, run: OperatorAction<T>): Promise<T> {
  return withStores(terminal, async (stores, signal) =>
    run(await operatorOf(stores.actor, id, stores.organizations, signal), stores, signal),
  );
}

/** A verb of administration with its input, as what an operator does. */
export function withInput<Input, T>(
  verb: (operator: Owner, input: Input, stores: Administration, signal: AbortSignal) => Promise<T>,
  input: Input,
): OperatorAction<T> {
  return (operator, stores, signal) => verb(operator, input, stores, signal);
}

/** When a change is seen. */
export const WHEN_NOTICED = "Running processes notice within 2 s by default, and never later than 5 s.";
