import type { DynamodbTarget, LeakSource, Resolve, SubjectRule } from "@platform-api/leak";
import { ENTERPRISE_STRATEGIES } from "@platform-api/server/domain";
import type { Command } from "commander";
import { composeResolve } from "../../compose/leak.ts";
import {
  ConfigurationError,
  type Environment,
  readOtherStrategies,
  readOtherTable,
} from "../../config/config.ts";
import { CommandFailure, type Terminal, UsageError } from "../../terminal/terminal.ts";
import { type ProgressLine, progressLine } from "./progress.ts";

/** The options that choose a store. */
export interface StoreOptions {
  readonly postgres?: string;
  readonly schema?: readonly string[];
  readonly skip?: readonly string[];
  readonly dynamodb?: string;
  readonly ndjson?: string;
}

/** @param isRead whether the command only reads, so that a file can be a store, and tables be chosen */
export function addStoreOptions(command: Command, isRead: boolean): Command {
  command
    .option(
      "--postgres <url>",
      "a PostgreSQL: postgres://user@host:port/database; the password from PGPASSWORD or ~/.pgpass",
    )
    .option("--dynamodb <table>", "a DynamoDB table (AWS_REGION, DYNAMODB_ENDPOINT and the AWS credentials)");
  if (!isRead) return command;
  return command
    .option("--schema <names>", "with --postgres: only these schemas, separated by commas", toSchemas)
    .option(
      "--skip <table>",
      "with --postgres: not this table, such as public.runs; may be repeated",
      (table: string, others: readonly string[] = []) => [...others, table],
    )
    .option("--ndjson <file>", "a file with JSON on each line, such as an export");
}

function toSchemas(text: string): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.every((name) => name !== "")) return names;
  throw new UsageError(`--schema: "${text}" must be names of schemas, separated by commas`);
}

/** The code of a repair, which only these commands load. */
export type Leak = typeof import("@platform-api/leak");

export interface LeakRun {
  readonly env: Environment;
  readonly leak: Leak;
  readonly rule: SubjectRule;
  readonly progress: ProgressLine;
  /** The process was told to stop: the command ends where it can go on from later. */
  readonly signal: AbortSignal;
}

/** Runs a command of `leak`, and says in its words what is wrong. */
export async function withLeak<T>(terminal: Terminal, run: (run: LeakRun) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  terminal.onStop(() => stop.abort());
  const { env } = terminal;
  const strategies = [...ENTERPRISE_STRATEGIES, ...readOtherStrategies(env)];
  const leak = await import("@platform-api/leak");
  const progress = progressLine(terminal);
  try {
    return await run({ env, leak, rule: leak.subjectRule(strategies), progress, signal: stop.signal });
  } catch (error) {
    if (stop.signal.aborted && !(error instanceof CommandFailure)) {
      throw new CommandFailure("stopped. Run the same command again to go on", { cause: error });
    }
    if (error instanceof leak.ArgumentProblem) throw new UsageError(error.message);
    if (error instanceof leak.LeakProblem) throw new CommandFailure(error.message, { cause: error });
    throw error;
  } finally {
    progress.end();
  }
}

/**
 * The store that the options choose, to be read.
 * @throws {UsageError}
 */
export async function openSource(options: StoreOptions, run: LeakRun): Promise<LeakSource> {
  const { postgres, schema, skip, dynamodb, ndjson } = options;
  const { leak, rule, signal } = run;
  if ([postgres, dynamodb, ndjson].filter((one) => one !== undefined).length !== 1) {
    throw new UsageError("choose one store: --postgres <url>, --dynamodb <table> or --ndjson <file>");
  }
  if (schema !== undefined && postgres === undefined) throw new UsageError("--schema needs --postgres");
  if (skip !== undefined && postgres === undefined) throw new UsageError("--skip needs --postgres");
  if (postgres !== undefined) return leak.openPostgres({ ...chosenOf(postgres, options), rule });
  if (dynamodb !== undefined) return openDynamodb(dynamodb, run);
  return leak.openNdjson(ndjson ?? "", rule, signal);
}

/** What a scan and a plan read of a PostgreSQL. */
export function chosenOf(url: string, { schema, skip = [] }: StoreOptions) {
  return { url, schemas: schema ?? null, skip: { tables: skip, mustExist: true } };
}

/** A table beside our own one, which is refused. */
export function openDynamodb(table: string, { env, leak, rule, signal }: LeakRun): Promise<DynamodbTarget> {
  const {
    AWS_REGION: region,
    DYNAMODB_ENDPOINT: endpoint,
    DYNAMODB_TABLE: ownTable = null,
  } = readOtherTable(env);
  return leak.openDynamodb({ table, region, endpoint, ownTable, matching: rule }, signal);
}

/** Without a configuration of our own table nobody knows whose a subject is; where it stands is worth knowing even so. */
export function openResolve(terminal: Terminal): {
  readonly resolve: Resolve;
  /** Why nothing is resolved: what is wrong with which variable. */
  readonly unresolved: readonly string[] | null;
  close(): void;
} {
  try {
    return { ...composeResolve(terminal), unresolved: null };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const unknown = { userId: null, why: "platform-api's own table is not configured here" } as const;
    const resolve: Resolve = async (subjects) => new Map(subjects.map((subject) => [subject, unknown]));
    return { resolve, unresolved: error.problems, close: () => {} };
  }
}
