import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRunsTable, readConfig, serveAgenticBackend } from "@platform-api/agentic-backend";
import { type RunningDnsServer, startDnsServer } from "@platform-api/dev/dns";
import {
  AGENTIC_BACKEND_CLIENT,
  API_AUDIENCE,
  CLAIM_NAMESPACE,
  EMAIL_VERIFICATION_PATH,
  FRONTEND_CLIENT_ID,
  type IdentityProvider,
  managementEnvironment,
  PASSWORD_CONNECTION,
  startIdentityProvider,
} from "@platform-api/dev/identity-provider";
import { type RunningMailbox, startMailbox } from "@platform-api/dev/mailbox";
import { buildFrontend } from "@platform-api/frontend/build";
import { serveFrontend } from "@platform-api/frontend/serve";
import { backendVariables } from "../simulator/backend-variables.ts";
import { type Fault, type FaultProxy, startFaultProxy } from "../simulator/fault-proxy.ts";
import { pass } from "../simulator/faults.ts";
import { freePorts } from "../simulator/free-ports.ts";
import { ORGANIZATIONS as EVERY_RULE } from "../simulator/people.ts";
import { type CommandResult, startStack, UNHURRIED } from "../simulator/stack.ts";
import { type Item, scan } from "../simulator/table-scan.ts";
import { follow } from "../simulator/tenant-users.ts";

const HOST = "127.0.0.1";
const RUNS_TABLE = "workflow-runs";

/** The services that the browser calls. */
export type BrowserService = "platformApi" | "agenticBackend";

/** The frontend and every service behind it, on real protocols, with a fault proxy in front of each service. */
export interface FullStack {
  /** The frontend. */
  readonly url: string;
  /** As in the tokens. */
  readonly issuer: string;
  readonly platformApi: FaultProxy;
  readonly agenticBackend: FaultProxy;
  /** Plants a fault for the requests of one browser. Others pass, so that tests can run at the same time. */
  setFault(userAgent: string, service: BrowserService, fault: Fault): void;
  readonly directory: FaultProxy;
  /** Watches and disturbs what platform-api asks of the Auth0 tenant. */
  readonly management: IdentityProvider["management"];
  readonly dns: RunningDnsServer;
  /** What platform-api and the identity provider have sent. */
  readonly mailbox: RunningMailbox;
  /** The log lines of platform-api, of what follows the events, and of agentic-backend. */
  readonly log: readonly string[];
  /** Runs a command of platform-api's command line. */
  cli(...args: string[]): Promise<CommandResult>;
  applyOrganizations(organizations: readonly object[]): Promise<void>;
  /** The items of agentic-backend's table. */
  runs(): Promise<readonly Item[]>;
  close(): Promise<void>;
}

/** Accounts with passwords. SSO accounts are created at sign-in. */
const ACCOUNTS = [
  { email: "first.password@acme.example", emailVerified: true },
  { email: "unverified@hooli.example", emailVerified: false }, // until a test verifies it
  { email: "hoolie@hooli.example", emailVerified: true },
  { email: "stranger@unknown.example", emailVerified: true },
  { email: "peter@initech.example", emailVerified: true },
  { email: "contractor@freelance.example", emailVerified: true },
  { email: "owner@penny.example", emailVerified: true },
  { email: "guest-penny@freelance.example", emailVerified: true },
  { email: "richard@piper.example", emailVerified: true },
  { email: "host@freelance.example", emailVerified: true },
].map((account) => ({ ...account, name: "Test user", connection: PASSWORD_CONNECTION.name }));

/** These belong to the one test that changes them. */
const CHANGING_ORGANIZATIONS = [
  {
    id: "wonka-labs",
    name: "Wonka Labs",
    jit: true,
    defaultRole: "member",
    domains: ["wonka.example"],
    connections: [{ name: "wonka-okta", strategy: "okta", displayName: "Wonka" }],
  },
  {
    id: "wonka-retail",
    name: "Wonka Retail",
    jit: true,
    defaultRole: "member",
    domains: ["wonka.example"],
    trusts: ["wonka-labs"],
  },
  {
    id: "piper",
    name: "Pied Piper",
    jit: true,
    defaultRole: "member",
    domains: ["piper.example"],
    members: [{ email: "richard@piper.example", role: "owner" }],
  },
  {
    id: "tyrell",
    name: "Tyrell",
    jit: true,
    defaultRole: "member",
    domains: ["tyrell.example"],
    connections: [{ name: "tyrell-okta", strategy: "okta", displayName: "Tyrell" }],
    members: [{ email: "eldon@tyrell.example", role: "owner" }],
  },
];
/** On a busy machine a proxy that soon closes idle connections closes one that a client has just begun to use. */
const PATIENT = { keepAliveMs: 60_000 };

/** What shows within 10 s depends on them. */
const DEFAULTS = { IDENTITY_CACHE_MS: "", MEMBERSHIP_CACHE_MS: "", CHANGES_POLL_MS: "" };

export const ORGANIZATIONS = [...EVERY_RULE, ...CHANGING_ORGANIZATIONS];

export async function startFullStack(): Promise<FullStack> {
  const built = buildFrontend();
  const [port = 0, platformPort = 0] = await freePorts(2);
  const origin = `http://${HOST}:${port}`;
  const stack = await startStack();
  await stack.applyOrganizations(ORGANIZATIONS);
  const { CLJ_PG_WRAPPER_URL = "", DYNAMODB_ENDPOINT = "", AWS_REGION = "" } = stack.environment;
  const directory = await startFaultProxy(CLJ_PG_WRAPPER_URL, pass, PATIENT);
  const dataFolder = mkdtempSync(join(tmpdir(), "identity-provider-"));
  const mailbox = await startMailbox({ host: HOST, port: 0, smtpPort: 0 });
  const smtpUrl = `smtp://${HOST}:${mailbox.smtpPort}`;
  const identityProvider = await startIdentityProvider({
    host: HOST,
    port: 0,
    dataFolder,
    frontendOrigins: [origin],
    backchannelLogoutUrl: `http://${HOST}:${platformPort}/backchannel-logout`,
    smtpUrl,
    mailboxUrl: mailbox.url,
    ...tenant(),
    accounts: ACCOUNTS,
  });
  const { issuer, management } = identityProvider;
  const dns = await startDnsServer({ host: HOST, port: 0, dataFolder });
  const environment = {
    ...UNHURRIED,
    PORT: String(platformPort),
    CLJ_PG_WRAPPER_URL: directory.url,
    AUTH0_ISSUER: issuer,
    AUTH0_JWKS_URL: `${issuer}.well-known/jwks.json`,
    AUTH0_AUDIENCE: API_AUDIENCE,
    AUTH0_CLAIM_NAMESPACE: CLAIM_NAMESPACE,
    ADMIN_CLIENT_IDS: FRONTEND_CLIENT_ID,
    SERVICE_CLIENTS: `${AGENTIC_BACKEND_CLIENT.clientId}=standing`,
    CORS_ORIGINS: origin,
    SMTP_URL: smtpUrl,
    MAIL_FROM: "Platform <no-reply@platform.example>",
    FRONTEND_URL: origin,
    ...managementEnvironment(issuer),
    DNS_RESOLVERS: `${HOST}:${dns.port}`,
    ...DEFAULTS,
  };
  const server = await stack.another(environment);
  const follower = follow({ ...stack.environment, ...environment });
  const faults = { platformApi: new Map<string, Fault>(), agenticBackend: new Map<string, Fault>() };
  const byUserAgent =
    (service: BrowserService): Fault =>
    (exchange) => {
      const fault = faults[service].get(exchange.request.headers["user-agent"] ?? "") ?? pass;
      const isStream = exchange.path.endsWith("/events");
      return fault === pass && isStream ? exchange.stream() : fault(exchange);
    };
  const platformApi = await startFaultProxy(server.url, byUserAgent("platformApi"), PATIENT);
  const config = readConfig({
    PORT: "0",
    ...backendVariables(platformApi.url, issuer),
    STEP_MS: "300", // so that a page can show each step
    RUNS_TABLE,
    DYNAMODB_ENDPOINT,
    AWS_REGION,
    CORS_ORIGINS: origin,
  });
  await createRunsTable(config);
  const backendLog: string[] = [];
  const backend = await serveAgenticBackend(config, { write: (line: string) => backendLog.push(line) });
  const agenticBackend = await startFaultProxy(backend.url, byUserAgent("agenticBackend"), PATIENT);
  const outDir = await built;
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
      emailVerificationUrl: `${issuer}${EMAIL_VERIFICATION_PATH}`,
    },
  });
  return {
    url: frontend.url,
    issuer,
    platformApi,
    agenticBackend,
    setFault: (userAgent, service, fault) => faults[service].set(userAgent, fault),
    directory,
    management,
    dns,
    mailbox,
    get log() {
      return [...stack.log, ...backendLog, ...follower.log().split("\n")];
    },
    cli: stack.cli,
    applyOrganizations: stack.applyOrganizations,
    runs: () => scan(DYNAMODB_ENDPOINT, RUNS_TABLE),
    close: async () => {
      await frontend.close();
      await Promise.all([agenticBackend.close(), backend.stop()]);
      await Promise.all([platformApi.close(), follower.stop()]);
      await Promise.all([identityProvider.close(), dns.close(), mailbox.close()]);
      directory.fault = pass;
      await stack.close();
      await directory.close();
      rmSync(dataFolder, { recursive: true });
    },
  };
}

function tenant() {
  const connections = ORGANIZATIONS.flatMap((organization) => organization.connections ?? []);
  const organizations = EVERY_RULE.flatMap(({ auth0OrgId, name, connections: own = [] }) =>
    auth0OrgId === undefined ? [] : [{ auth0OrgId, name, connections: own.map((one) => one.name) }],
  );
  return { connections: [PASSWORD_CONNECTION, ...connections], organizations };
}
