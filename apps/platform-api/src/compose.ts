import { setTimeout as pause } from "node:timers/promises";
import { type CljClient, createCljClient } from "@platform-api/clj-client";
import {
  type CredentialsLoad,
  cachedIdentityLinks,
  cachedMemberships,
  cachedOrganizations,
  cljRegisteredUsers,
  cljUserDirectory,
  createDynamoTable,
  type DynamoTable,
  dynamoAudit,
  dynamoIdentityLinks,
  dynamoIdentityRegistry,
  dynamoMemberships,
  dynamoOrganizationRegistry,
  dynamoOrganizations,
  dynamoRelinkWindows,
  dynamoSpeakers,
  requestAudit,
  systemClock,
  type TracedTokenVerifier,
  UPGRADE_STEPS,
  upgradeStates,
} from "@platform-api/server/adapters";
import { createIdentityResolver, type RegisteredUsers } from "@platform-api/server/domain";
import { createHttpServer, type HttpServer } from "@platform-api/server/http";
import type { Logger } from "pino";
import { composeKeys, composeVerifier } from "./compose-tokens.ts";
import type { DirectoryConfig, ServerConfig, StoreConfig } from "./config.ts";
import { checkConnections } from "./connection-check.ts";
import { docsViewer } from "./docs-viewer.ts";
import { auditLogger, createLogger, problemOf } from "./logger.ts";
import type { PersonPorts } from "./token-explain/explain-person.ts";

/** A composed platform-api. Nothing is contacted before `start`. */
export interface PlatformApi {
  readonly http: HttpServer;
  /** Starts loading keys and the store's credentials in the background. */
  start(): void;
  /**
   * Checks the registered connections as soon as the store responds.
   * @throws {ConfigurationError} when one of them contradicts the configuration
   */
  checkConnections(): Promise<void>;
  /** Ends timers and connections. */
  close(): void;
}

/** Builds the server. Adapters are built here, in compose-tokens.ts and in compose-administration.ts, nowhere else. */
export function compose(config: ServerConfig, logger: Logger): PlatformApi {
  const keys = composeKeys(config, logger);
  const table = composeTable(config);
  const identityCache = { ttlMs: config.IDENTITY_CACHE_MS, clock: systemClock };
  const stored = dynamoOrganizations(table);
  const organizations = cachedOrganizations(stored, identityCache);
  const memberships = cachedMemberships(dynamoMemberships(table), {
    ttlMs: config.MEMBERSHIP_CACHE_MS,
    clock: systemClock,
  });
  const audit = requestAudit(dynamoAudit(table), auditLogger(logger));
  const speakers = dynamoSpeakers(table);
  const storedLinks = dynamoIdentityLinks(table);
  const now = () => new Date();
  const settings = { otherStrategies: config.AUTH0_OTHER_STRATEGIES, trustMode: config.TRUST_MODE };
  const closed = new AbortController();
  const http = createHttpServer({
    logger,
    corsOrigins: config.CORS_ORIGINS,
    keysUsable: () => keys.usable(),
    credentialsLoaded: () => table.credentials.loaded(),
    docsViewer: config.DOCS_VIEWER ? docsViewer : null,
    services: {
      ...settings,
      organizations,
      stored,
      storedLinks,
      memberships,
      speakers,
      audit,
      now,
      verifier: composeVerifier(config, keys),
      resolveIdentity: createIdentityResolver({
        ...settings,
        organizations,
        stored,
        storedLinks,
        speakers,
        links: cachedIdentityLinks(storedLinks, identityCache),
        windows: dynamoRelinkWindows(table),
        audit,
        directory: cljUserDirectory(composeDirectory(config)),
        wouldRefuse: (refusal) =>
          logger.warn({ event: "would_refuse", ...refusal }, "let through by report mode"),
        now,
      }),
    },
  });
  return {
    http,
    start: () => {
      keys.start();
      table.credentials.start((load) => logCredentials(load, logger));
    },
    async checkConnections() {
      await checkConnections({
        listConnections: dynamoOrganizationRegistry(table).listConnections,
        otherStrategies: config.AUTH0_OTHER_STRATEGIES,
        onOutage: (error, pauseMs) =>
          logger.warn(
            { event: "connection_check", problem: problemOf(error), pauseMs },
            "the registered connections could not be read yet",
          ),
        pause: (ms, signal) => pause(ms, undefined, { signal }),
        signal: closed.signal,
      });
      const upgrades = UPGRADE_STEPS.map((step) => upgradeStates(table, step).isComplete(closed.signal));
      if ((await Promise.all(upgrades).catch(() => [true])).every(Boolean)) return;
      const hint = "until the table is upgraded, decisions take more reads: run `platform-api table upgrade`";
      logger.warn({ event: "table_upgrade" }, hint);
    },
    close: () => {
      closed.abort();
      keys.close();
      table.close();
    },
  };
}

export function composeTable(config: StoreConfig): DynamoTable {
  return createDynamoTable({
    table: config.DYNAMODB_TABLE,
    region: config.AWS_REGION,
    endpoint: config.DYNAMODB_ENDPOINT,
    attemptMs: config.STORE_ATTEMPT_MS,
    deadlineMs: config.STORE_DEADLINE_MS,
  });
}

function composeDirectory(config: DirectoryConfig): CljClient {
  return createCljClient({
    url: config.CLJ_PG_WRAPPER_URL,
    token: config.CLJ_PG_WRAPPER_TOKEN,
    attemptMs: config.DIRECTORY_ATTEMPT_MS,
    deadlineMs: config.DIRECTORY_DEADLINE_MS,
  });
}

export function composeRegisteredUsers(config: DirectoryConfig): RegisteredUsers {
  return cljRegisteredUsers(composeDirectory(config));
}

function logCredentials(load: CredentialsLoad, logger: Logger): void {
  if (load.outcome === "loaded")
    logger.debug({ event: "credentials", ...load }, "the credentials are current");
  else logger.warn({ event: "credentials", ...load }, "the store's credentials could not be loaded");
}

/** Judges a token for `token explain`, by the rules of `serve` on the stores, without a cache. */
export interface TokenJudge {
  readonly verifier: TracedTokenVerifier;
  readonly ports: PersonPorts;
  /** Loads the store's credentials. */
  load(signal: AbortSignal): Promise<void>;
  close(): void;
}

export function composeTokenJudge(config: ServerConfig): TokenJudge {
  const keys = composeKeys(config, createLogger("silent"));
  const table = composeTable(config);
  return {
    verifier: composeVerifier(config, keys),
    ports: {
      organizations: dynamoOrganizations(table),
      stored: dynamoOrganizations(table),
      speakers: dynamoSpeakers(table),
      links: dynamoIdentityRegistry(table),
      windows: dynamoRelinkWindows(table),
      memberships: dynamoMemberships(table),
      directory: composeDirectory(config),
      otherStrategies: config.AUTH0_OTHER_STRATEGIES,
      trustMode: config.TRUST_MODE,
      now: () => new Date(),
    },
    load: (signal) => table.credentials.load(signal),
    close: () => {
      keys.close();
      table.close();
    },
  };
}
