import { setTimeout as pause } from "node:timers/promises";
import { type CljClient, createCljClient } from "@platform-api/clj-client";
import {
  auth0Rows,
  type CredentialsLoad,
  cachedIdentityLinks,
  cachedMemberships,
  cachedOrganizations,
  cljUserDirectory,
  createDynamoTable,
  createJwksSource,
  createTokenVerifier,
  type DynamoTable,
  dynamoAudit,
  dynamoIdentityLinks,
  dynamoMemberships,
  dynamoOrganizationRegistry,
  dynamoOrganizations,
  dynamoRelinkWindows,
  dynamoSpeakers,
  type IssuerRow,
  type JwksRefresh,
  type JwksSource,
  platformRow,
  requestAudit,
  systemClock,
  type TracedTokenVerifier,
  testRow,
  UPGRADE_STEPS,
  upgradeStates,
} from "@platform-api/server/adapters";
import { causeOf, createIdentityResolver } from "@platform-api/server/domain";
import { createHttpServer, type HttpServer } from "@platform-api/server/http";
import type { Logger } from "pino";
import { auditLogger } from "./audit-lost.ts";
import type { DirectoryConfig, ServerConfig, StoreConfig } from "./config.ts";
import { checkConnections } from "./connection-check.ts";
import { docsViewer } from "./docs-viewer.ts";

/** Verifications remembered; at about 1 KiB each. */
const MAX_CACHED_TOKENS = 10_000;

/** A composed platform-api. Nothing is contacted before `start`. */
export interface PlatformApi {
  readonly http: HttpServer;
  /** Begins loading keys and the store's credentials; answers at once. */
  start(): void;
  /**
   * Reads the registered connections, as soon as the store answers.
   * @throws {ConfigurationError} when one of them contradicts the configuration
   */
  checkConnections(): Promise<void>;
  /** Ends timers and connections. */
  close(): void;
}

/** The only place where adapters are built. */
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
      const hint = "decisions read more until the table is upgraded: run `platform-api table upgrade`";
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

export function composeDirectory(config: DirectoryConfig): CljClient {
  return createCljClient({
    url: config.CLJ_PG_WRAPPER_URL,
    token: config.CLJ_PG_WRAPPER_TOKEN,
    attemptMs: config.DIRECTORY_ATTEMPT_MS,
    deadlineMs: config.DIRECTORY_DEADLINE_MS,
  });
}

export function composeKeys(config: ServerConfig, logger: Logger): JwksSource {
  return createJwksSource({
    url: config.AUTH0_JWKS_URL ?? `${config.AUTH0_ISSUER[0]}.well-known/jwks.json`,
    fetch: globalThis.fetch,
    clock: systemClock,
    random: Math.random,
    freshMs: config.JWKS_FRESH_MS,
    cooldownMs: config.JWKS_COOLDOWN_MS,
    staleMs: config.JWKS_STALE_MS,
    deadlineMs: config.JWKS_DEADLINE_MS,
    onRefresh: (refresh) => logKeys(refresh, logger),
  });
}

function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const code = causeOf(error);
  return code === null ? error.message : `${error.message} (${code})`;
}

function logKeys(refresh: JwksRefresh, logger: Logger): void {
  if (refresh.outcome === "failed") {
    logger.warn({ event: "jwks", problem: problemOf(refresh.cause) }, "the key set could not be refreshed");
    return;
  }
  const level = refresh.skipped.length > 0 || refresh.usableKeys === 0 ? "warn" : "debug";
  logger[level]({ event: "jwks", ...refresh }, "the key set is current");
}

function logCredentials(load: CredentialsLoad, logger: Logger): void {
  if (load.outcome === "loaded")
    logger.debug({ event: "credentials", ...load }, "the credentials are current");
  else logger.warn({ event: "credentials", ...load }, "the store's credentials could not be loaded");
}

export function composeVerifier(config: ServerConfig, keys: JwksSource): TracedTokenVerifier {
  return createTokenVerifier({
    rows: issuerRows(config, keys),
    clock: systemClock,
    clockToleranceSeconds: config.CLOCK_TOLERANCE_SECONDS,
    maxCached: MAX_CACHED_TOKENS,
  });
}

function issuerRows(config: ServerConfig, keys: JwksSource): IssuerRow[] {
  const rules = {
    audience: config.AUTH0_AUDIENCE,
    claimNamespace: config.AUTH0_CLAIM_NAMESPACE,
    maxLifetimeSeconds: config.MAX_TOKEN_LIFETIME_SECONDS,
  };
  const rows = auth0Rows({ ...rules, issuers: config.AUTH0_ISSUER, tenant: config.AUTH0_TENANT, keys });
  const { PLATFORM_JWT_ISSUER: issuer, PLATFORM_JWT_AUDIENCE: audience, PLATFORM_JWT_SECRET } = config;
  if (issuer !== undefined && audience !== undefined && PLATFORM_JWT_SECRET !== undefined) {
    rows.push(platformRow({ ...rules, issuer, audience, secret: PLATFORM_JWT_SECRET }));
  }
  if (config.AUTH0_TEST_MODE && config.AUTH0_TEST_SECRET !== undefined) {
    rows.push(testRow({ ...rules, secret: config.AUTH0_TEST_SECRET }));
  }
  return rows;
}
