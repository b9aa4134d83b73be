import { TENANT_SCOPES, tenantReader } from "@platform-api/server/adapters";
import { Refusal } from "@platform-api/server/domain";
import type { Command } from "commander";
import { managementOf } from "../../compose/self-service.ts";
import { composeKeys } from "../../compose/tokens.ts";
import { readServerConfig, type ServerConfig } from "../../config/config.ts";
import { problemOf } from "../../log/logger.ts";
import { readToken } from "../../terminal/arguments.ts";
import { formatFindings } from "../../terminal/finding.ts";
import { CommandFailure, print, type Terminal } from "../../terminal/terminal.ts";
import { withStores } from "../store-command.ts";
import { readActionSource } from "./action-source.ts";
import { versionOf } from "./action-version.ts";
import { checkAuth0 } from "./check-auth0.ts";
import { discover } from "./discovery.ts";
import { type Auth0Facts, type Read, settingsOf, type TenantFacts } from "./facts.ts";
import { type Registered, readScopes, readTenant } from "./read-tenant.ts";
import { tokenFactsOf } from "./token-facts.ts";

/** Patience with the limits of the Management API. */
const READ_LIMITS = { attemptMs: 10_000, budgetMs: 60_000, maxAnswerBytes: 16_777_216 };

interface CheckOptions {
  readonly token?: string;
  readonly json?: true;
}

export function addAuth0Commands(program: Command, terminal: Terminal): void {
  program
    .command("auth0")
    .description("the Auth0 tenant")
    .command("check")
    .description("compare the Auth0 tenant with the configuration of `serve` (read-only)")
    .option("--token <token>", "also look at an access token; - reads it from standard input")
    .option("--json", "print JSON")
    .action((options: CheckOptions) => check(options, terminal));
}

async function check({ token, json }: CheckOptions, terminal: Terminal): Promise<void> {
  const config = readServerConfig(terminal.env);
  const given = token === "-" ? undefined : token;
  const read = token === undefined ? null : await readToken(given, terminal, "--token: no token");
  const facts = await readFacts(config, read, terminal);
  const findings = checkAuth0(facts, versionOf(readActionSource()), TENANT_SCOPES);
  const differences = findings.filter(({ result }) => result === "differs").length;
  print({ differences, findings }, formatFindings(findings), json, terminal);
  if (differences === 0) return;
  throw new CommandFailure(
    `the set-up in Auth0 is wrong in ${differences === 1 ? "one point" : `${differences} points`}`,
  );
}

async function readFacts(
  config: ServerConfig,
  token: string | null,
  terminal: Terminal,
): Promise<Auth0Facts> {
  const issuers = [];
  let clockSkewSeconds: Read<number> = { why: "the issuer did not answer" };
  for (const issuer of config.AUTH0_ISSUER) {
    const { discovered, skewSeconds } = await discover(issuer);
    issuers.push({ issuer, discovered });
    if ("why" in clockSkewSeconds) clockSkewSeconds = skewSeconds;
  }
  return {
    settings: settingsOf(config),
    issuers,
    usableKeys: await readKeys(config),
    clockSkewSeconds,
    tenant: await readConfiguredTenant(config, terminal),
    eventsScopes: await readEventsScopes(config),
    token: token === null ? null : tokenFactsOf(token),
  };
}

/** How many keys `serve` could use. */
async function readKeys(config: ServerConfig): Promise<Read<number>> {
  const { promise, resolve } = Promise.withResolvers<Read<number>>();
  const keys = composeKeys(config, (refresh) =>
    resolve(refresh.outcome === "failed" ? { why: problemOf(refresh.cause) } : { value: refresh.usableKeys }),
  );
  keys.start();
  return promise.finally(() => keys.close());
}

async function readConfiguredTenant(config: ServerConfig, terminal: Terminal): Promise<Read<TenantFacts>> {
  const management = managementOf(config);
  if (management === null)
    return { why: "AUTH0_MANAGEMENT_URL is not set; compare by hand with docs/auth0.md" };
  const reader = tenantReader({ ...management, ...READ_LIMITS });
  return readTenant(reader, {
    audience: config.AUTH0_AUDIENCE,
    appClientIds: config.AUTH0_APP_CLIENT_IDS,
    admins: config.ADMIN_CLIENT_IDS,
    services: config.SERVICE_CLIENTS,
    profileId: management.profileId,
    registered: await readRegistered(terminal),
  });
}

async function readEventsScopes({
  AUTH0_MANAGEMENT_URL: url,
  AUTH0_EVENTS_CLIENT_ID: clientId,
  AUTH0_EVENTS_CLIENT_SECRET: clientSecret,
}: ServerConfig): Promise<Auth0Facts["eventsScopes"]> {
  if (url === undefined || clientId === undefined || clientSecret === undefined) return null;
  return readScopes(tenantReader({ url, clientId, clientSecret, application: "EVENTS", ...READ_LIMITS }));
}

async function readRegistered(terminal: Terminal): Promise<Read<Registered>> {
  try {
    const value = await withStores(terminal, async ({ organizationRegistry, connections }, signal) => {
      const organizations = await organizationRegistry.list(signal);
      const names = organizations.flatMap((organization) => organization.connections);
      return {
        organizations: organizations.map(({ id, auth0OrgId }) => ({ id, auth0OrgId })),
        connections: await connections.findMany(names, signal),
      };
    });
    return { value };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { why: "the store does not answer, so what is registered is unknown" };
  }
}
