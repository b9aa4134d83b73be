import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPlatformClient, type PlatformClient, reasonOf } from "@platform-api/client";
import { type CljClient, createCljClient } from "@platform-api/clj-client";
import { startUserDirectory } from "@platform-api/dev/user-directory";
import { type StoreOfTests, startStoreOfTests } from "@platform-api/embedded-dynamodb/testing";
import { createLogger, type Environment, readServerConfig, runCli, serve } from "@platform-api/platform-api";
import { Client } from "pg";
import { findPostgres, type Postgres } from "../postgres/postgres.ts";
import { AUDIENCE, type Issuer, NAMESPACE, startIssuer } from "./issuer.ts";
import { type Item, scan } from "./table-scan.ts";

/** Deadlines that a busy machine does not reach, and neither limits nor caches. A test of these sets its own. */
const GENEROUS = {
  IDENTITY_CACHE_MS: "0",
  MEMBERSHIP_CACHE_MS: "0",
  CHANGES_POLL_MS: "0",
  STORE_ATTEMPT_MS: "2000",
  STORE_DEADLINE_MS: "2500",
  DIRECTORY_ATTEMPT_MS: "2000",
  MAX_EVENT_LOOP_DELAY_MS: "0",
  RATE_LIMIT_DISCOVER_PER_MINUTE: "0",
  RATE_LIMIT_FAILED_TOKENS_PER_MINUTE: "0",
};
/** Deadlines that a machine does not reach while it also draws pages, or builds. An outage is then one that a test plants. */
export const UNHURRIED: Environment = {
  STORE_ATTEMPT_MS: "10000",
  STORE_DEADLINE_MS: "12000",
  DIRECTORY_ATTEMPT_MS: "10000",
  DIRECTORY_DEADLINE_MS: "20000",
  JWKS_DEADLINE_MS: "10000",
};
/** An environment with the deadlines, limits and caches that `serve` has by default. */
export function withDefaults(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !(name in GENEROUS)));
}
/** For the processes of a stack. What else is started with its environment drains as always. */
const ENDS_AT_ONCE = { SHUTDOWN_DRAIN_MS: "0" };
/** How long clients wait for an answer. */
const PATIENCE_MS = 30_000;
const LOOPBACK = { host: "127.0.0.1", port: 0 };
const SERVICE_TOKEN = "contract-tests-service-token";

/** One platform-api process. */
export interface Server {
  readonly url: string;
  client(token?: string): PlatformClient;
}

export interface CommandResult {
  readonly status: number;
  /** What it wrote to stdout and stderr. */
  readonly output: string;
}

export interface AskedResult extends CommandResult {
  readonly questions: readonly string[];
}

/** A complete platform-api on real protocols: signed tokens, JWKS, the directory on SQL, and the DynamoDB API. */
export interface Stack extends Server {
  readonly issuer: Issuer;
  readonly environment: Environment;
  /** Every line that platform-api has logged. */
  readonly log: readonly string[];
  /** Runs a platform-api command on this stack's table. */
  cli(...args: string[]): Promise<CommandResult>;
  /** Runs a command on a terminal that answers each question. */
  onTerminal(answer: () => string | Promise<string>, ...args: string[]): Promise<AskedResult>;
  /** Applies an organizations file, by default with `--yes`. */
  orgApply(organizations: readonly object[], options?: readonly string[]): Promise<CommandResult>;
  /** Applies an organizations file with `--yes`. @throws when the command fails */
  applyOrganizations(organizations: readonly object[]): Promise<void>;
  /** Starts another process on the same stores, with other settings. */
  another(settings: Environment): Promise<Server>;
  readonly directory: CljClient;
  /** The database of the user directory; null for the embedded one. */
  readonly databaseUrl: string | null;
  /** The embedded store, or the oracle in its place. */
  readonly dynamodb: StoreOfTests;
  /** The number of directory users with this address, in any letter case. */
  usersAt(email: string): Promise<number>;
  /** All items of the table. */
  items(): Promise<readonly Item[]>;
  close(): Promise<void>;
}

/** Starts a stack. Its directory uses a real PostgreSQL if available and not null, otherwise the embedded one. */
export async function startStack(settings: Environment = {}, startPostgres = findPostgres()): Promise<Stack> {
  const postgres = (await startPostgres?.()) ?? null;
  const [issuer, dynamodb, directory] = await Promise.all([
    startIssuer(),
    startStoreOfTests(),
    startUserDirectory({ ...LOOPBACK, token: SERVICE_TOKEN, ...(postgres && { databaseUrl: postgres.url }) }),
  ]);
  const environment: Environment = {
    NODE_ENV: "test",
    PORT: "0",
    AUTH0_ISSUER: issuer.url,
    AUTH0_AUDIENCE: AUDIENCE,
    AUTH0_CLAIM_NAMESPACE: NAMESPACE,
    CLJ_PG_WRAPPER_URL: directory.url,
    CLJ_PG_WRAPPER_TOKEN: SERVICE_TOKEN,
    DYNAMODB_TABLE: "platform-api",
    DYNAMODB_ENDPOINT: dynamodb.endpoint,
    AWS_REGION: "eu-central-1",
    ADMIN_CLIENT_IDS: "spa",
    SERVICE_CLIENTS: "worker=standing+audit+introspect",
    ...GENEROUS,
    ...settings,
  };
  const log: string[] = [];
  const logger = createLogger("debug", { write: (lines) => log.push(...lines.split(/(?<=\n)/)) });
  const folder = mkdtempSync(join(tmpdir(), "platform-api-"));
  const cli = (...args: string[]) => runCommand(environment, args);
  let applied = 0;
  const orgApply = (organizations: readonly object[], options: readonly string[] = ["--yes"]) => {
    applied += 1;
    const file = join(folder, `organizations-${applied}.json`); // several may be applied at once
    writeFileSync(file, JSON.stringify({ organizations }));
    return cli("org", "apply", file, ...options);
  };
  const client = createCljClient({ url: directory.url, token: SERVICE_TOKEN });
  await cli("table", "create");
  const running = [await serve(readServerConfig({ ...ENDS_AT_ONCE, ...environment }), logger)];

  return {
    ...serverAt(running[0]?.url ?? ""),
    issuer,
    environment,
    log,
    cli,
    onTerminal: async (answer, ...args) => {
      const questions: string[] = [];
      const result = await runCommand(environment, args, (question) => {
        questions.push(question);
        return Promise.resolve(answer());
      });
      return { ...result, questions };
    },
    orgApply,
    applyOrganizations: async (organizations) => {
      const { status, output } = await orgApply(organizations);
      if (status !== 0) throw new Error(output);
    },
    another: async (others) => {
      const server = await serve(readServerConfig({ ...ENDS_AT_ONCE, ...environment, ...others }), logger);
      running.push(server);
      return serverAt(server.url);
    },
    directory: client,
    databaseUrl: postgres?.url ?? null,
    dynamodb,
    usersAt: (email) => countUsers(email, postgres, client),
    items: () => scan(dynamodb.endpoint, "platform-api"),
    close: async () => {
      await Promise.all(running.map((server) => server.stop()));
      await Promise.all([issuer.close(), dynamodb.close(), directory.close()]);
      await postgres?.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

function serverAt(url: string): Server {
  return {
    url,
    client: (token) =>
      createPlatformClient({
        url,
        retries: 0,
        timeoutMs: PATIENCE_MS,
        ...(token !== undefined && { token }),
      }),
  };
}

/** The UUID of a token, or the reason for its refusal. Like every call, it also creates memberships. */
export async function whose({ client }: Server, token: string | Promise<string>): Promise<string> {
  const answer = client(await token).org.me.query();
  return answer.then(
    ({ user }) => user.userId,
    (error: unknown) => reasonOf(error) ?? String(error),
  );
}

/** Runs a platform-api command in this environment. By default there is no terminal to ask on. */
export async function runCommand(
  env: Environment,
  args: string[],
  ask: ((question: string) => Promise<string>) | null = null,
): Promise<CommandResult> {
  let output = "";
  const write = (text: string) => {
    output += text;
  };
  const status = await runCli(args, {
    env,
    out: write,
    err: write,
    readInput: async () => "",
    ask,
    operator: "tests",
    onStop: () => {},
  });
  return { status, output };
}

async function countUsers(email: string, postgres: Postgres | null, directory: CljClient): Promise<number> {
  if (postgres === null) return (await directory.findByEmail(email)) === null ? 0 : 1;
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT 1 FROM users WHERE lower(email) = lower($1)", [email]);
    return rowCount ?? 0;
  } finally {
    await client.end();
  }
}
