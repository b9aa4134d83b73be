import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRunsTable, readConfig, serveAgenticBackend } from "@platform-api/agentic-backend";
import {
  API_AUDIENCE,
  CLAIM_NAMESPACE,
  FRONTEND_CLIENT_ID,
  PASSWORD_CONNECTION,
  startIdentityProvider,
} from "@platform-api/dev/identity-provider";
import { serveFrontend } from "@platform-api/frontend/serve";
import { type FaultProxy, startFaultProxy } from "../faults/fault-proxy.ts";
import { pass } from "../faults/faults.ts";
import { startFaultyStack } from "../faults/faulty-stack.ts";
import { freePorts } from "../platform/free-ports.ts";
import { ORGANIZATIONS } from "../platform/people.ts";
import type { CommandResult } from "../platform/stack.ts";
import { type Item, scan } from "../platform/table-scan.ts";

const HOST = "127.0.0.1";
const RUNS_TABLE = "workflow-runs";

/** Everything a person meets in the browser, on real protocols, with a fault proxy before each service. */
export interface House {
  /** The frontend. */
  readonly url: string;
  /** As in the tokens. */
  readonly issuer: string;
  readonly platformApi: FaultProxy;
  readonly agenticBackend: FaultProxy;
  readonly directory: FaultProxy;
  /** Every line that platform-api and agentic-backend have logged. */
  readonly log: readonly string[];
  /** Runs a command of platform-api's command line. */
  cli(...args: string[]): Promise<CommandResult>;
  applyOrganizations(organizations: readonly object[]): Promise<void>;
  /** Everything in platform-api's table. */
  items(): Promise<readonly Item[]>;
  /** Everything in agentic-backend's table. */
  runs(): Promise<readonly Item[]>;
  close(): Promise<void>;
}

/** People with passwords; whoever has none signs in through SSO, and is created there. */
const ACCOUNTS = [
  { email: "first.password@acme.example", emailVerified: true },
  { email: "unverified@hooli.example", emailVerified: false },
  { email: "hoolie@hooli.example", emailVerified: true },
  { email: "stranger@unknown.example", emailVerified: true },
  { email: "peter@initech.example", emailVerified: true },
  { email: "contractor@freelance.example", emailVerified: true },
].map((account) => ({ ...account, name: "Somebody", connection: PASSWORD_CONNECTION.name }));

/** Starts it all. `outDir` has the frontend as `buildFrontend` made it. */
export async function startHouse(outDir: string): Promise<House> {
  const [port = 0] = await freePorts(1);
  const origin = `http://${HOST}:${port}`;
  const faulty = await startFaultyStack(ORGANIZATIONS);
  const { stack, directory } = faulty;
  const dataFolder = mkdtempSync(join(tmpdir(), "house-"));
  const identityProvider = await startIdentityProvider({
    host: HOST,
    port: 0,
    dataFolder,
    frontendOrigins: [origin],
    ...tenant(),
    accounts: ACCOUNTS,
  });
  const { issuer } = identityProvider;
  const server = await faulty.server({
    AUTH0_ISSUER: issuer,
    AUTH0_JWKS_URL: `${issuer}.well-known/jwks.json`,
    AUTH0_AUDIENCE: API_AUDIENCE,
    AUTH0_CLAIM_NAMESPACE: CLAIM_NAMESPACE,
    CORS_ORIGINS: origin,
    IDENTITY_CACHE_MS: "2000", // organizations too, which an operator changes here
    MEMBERSHIP_CACHE_MS: "", // the default: a removed member has 10 s
  });
  const platformApi = await startFaultProxy(server.url, pass);
  const { DYNAMODB_ENDPOINT = "", AWS_REGION = "" } = stack.environment;
  const config = readConfig({
    PORT: "0",
    PLATFORM_URL: platformApi.url,
    RUNS_TABLE,
    DYNAMODB_ENDPOINT,
    AWS_REGION,
    CORS_ORIGINS: origin,
  });
  await createRunsTable(config);
  const backendLog: string[] = [];
  const backend = await serveAgenticBackend(config, { write: (line: string) => backendLog.push(line) });
  const agenticBackend = await startFaultProxy(backend.url, pass);
  const frontend = await serveFrontend({
    host: HOST,
    port,
    outDir,
    config: {
      issuer,
      clientId: FRONTEND_CLIENT_ID,
      audience: API_AUDIENCE,
      platformUrl: platformApi.url,
      agenticBackendUrl: agenticBackend.url,
    },
  });
  return {
    url: frontend.url,
    issuer,
    platformApi,
    agenticBackend,
    directory,
    get log() {
      return [...stack.log, ...backendLog];
    },
    cli: stack.cli,
    applyOrganizations: stack.applyOrganizations,
    items: stack.items,
    runs: () => scan(DYNAMODB_ENDPOINT, RUNS_TABLE),
    close: async () => {
      await frontend.close();
      await Promise.all([agenticBackend.close(), backend.stop()]);
      await platformApi.close();
      await identityProvider.close();
      await faulty.close();
      rmSync(dataFolder, { recursive: true });
    },
  };
}

function tenant() {
  const connections = ORGANIZATIONS.flatMap((organization) => organization.connections ?? []);
  const organizations = ORGANIZATIONS.flatMap(({ auth0OrgId, name, connections: own = [] }) =>
    auth0OrgId === undefined ? [] : [{ auth0OrgId, name, connections: own.map((one) => one.name) }],
  );
  return { connections: [PASSWORD_CONNECTION, ...connections], organizations };
}
