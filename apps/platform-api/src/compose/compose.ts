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
  createMemory,
  createRateLimiter,
  createTakenSeats,
  type DynamoTable,
  dynamoAudit,
  dynamoIdentities,
  dynamoOrganizationAudit,
  dynamoOrganizationRegistry,
  dynamoReadAhead,
  type Forget,
  requestAudit,
  requestTransactions,
  systemClock,
} from "@platform-api/server/adapters";
import { createIdentityResolver, type RegisteredUsers, SingleFlight } from "@platform-api/server/domain";
import { createHttpServer, createMetricsServer } from "@platform-api/server/http";
import type { Logger } from "pino";
import type { DirectoryConfig, ServerConfig, StoreConfig } from "../config/config.ts";
import { accessLogger, problemOf } from "../log/logger.ts";
import { tokenTrial } from "../token-explain/token-trial.ts";
import { checkConnections } from "./connection-check.ts";
import { docsViewer } from "./docs-viewer.ts";
import { judgePorts, loginPorts } from "./judge.ts";
import { composeOutbox } from "./mail.ts";
import { composeMetrics, composeReports } from "./metrics.ts";
import { composeSelfService } from "./self-service.ts";
import { composeKeys, composeVerifier } from "./tokens.ts";

/** The AWS SDK and fetch take 100 ms to load. A health check that waits for the port is answered first. */
const LOAD_AFTER_MS = 50;
/** People whose next token is answered without judging them again, at about 1 KiB each. */
const MAX_KNOWN_PEOPLE = 16_384;
/** Client addresses whose calls are counted, at about 0.5 KiB each. */
const MAX_LIMITED_ADDRESSES = 65_536;
/** Changes that one person may make in one organization. */
const MUTATIONS_PER_MINUTE = 60;

/**
 * Builds the server, and contacts nothing before `start`. Adapters are built here and in the other files of this folder,
 * nowhere else.
 */
export function compose(config: ServerConfig, logger: Logger) {
  const metrics = composeMetrics(() => ({ keys, directory, http }), logger);
  const { caches, requests, upstreams } = metrics;
  const reports = composeReports(metrics, logger);
  const keys = composeKeys(config, reports.onRefresh);
  const table = composeTable(config, (...request) => upstreams.finished("store", ...request));
  const directory = composeDirectory(config);
  const identityCache = { ttlMs: config.IDENTITY_CACHE_MS, clock: systemClock, caches };
  const membershipCache = { ...identityCache, ttlMs: config.MEMBERSHIP_CACHE_MS };
  const storedLinks = dynamoIdentities(table);
  const { windows, ...stored } = loginPorts(table, config);
  const organizations = cachedOrganizations(stored.stored, identityCache);
  const memberships = cachedMemberships(stored.memberships, membershipCache);
  const links = cachedIdentityLinks(storedLinks, identityCache);
  const ports = {
    ...stored,
    organizations,
    memberships,
    transactions: requestTransactions(stored.transactions, {
      committed: metrics.logins.committed,
      forget: forgetIn({ organizations, memberships, links }),
      auditUnsure: reports.audit.auditUnsure,
    }),
    storedLinks,
    audit: metrics.logins.counting(requestAudit(dynamoAudit(table), reports.audit)),
  };
  const resolver = {
    ...ports,
    windows,
    takenSeats: createTakenSeats(),
    directory: cljUserDirectory(directory, (...call) => upstreams.finished("directory", ...call)),
    wouldRefuse: reports.wouldRefuse,
  };
  const outbox = composeOutbox(config, table, logger);
  const closed = new AbortController();
  const accessLog = accessLogger(logger, config.ACCESS_LOG);
  process.on("exit", accessLog.flush);
  const http = createHttpServer({
    logger,
    accessLog,
    events: requests,
    connected: table.turns.connected,
    renderMetrics: config.METRICS_PORT === undefined ? metrics.render : null,
    corsOrigins: config.CORS_ORIGINS,
    keysUsable: () => keys.usable(),
    credentialsLoaded: () => table.credentials.loaded(),
    docsViewer: config.DOCS_VIEWER ? docsViewer : null,
    trustedProxyHops: config.TRUSTED_PROXY_HOPS,
    load: {
      keepAliveMs: config.KEEP_ALIVE_MS,
      maxConnections: config.MAX_CONNECTIONS,
      maxInFlight: config.MAX_IN_FLIGHT,
      maxEventLoopDelayMs: config.MAX_EVENT_LOOP_DELAY_MS,
    },
    services: {
      ...ports,
      administration: {
        ...ports,
        organizationRegistry: dynamoOrganizationRegistry(table),
        memberships: stored.memberships,
        organizations: stored.stored,
        organizationAudit: dynamoOrganizationAudit(table),
        outbox,
        ...composeSelfService(table, config),
        identities: storedLinks,
        trial: tokenTrial(judgePorts({ config, keys, table, directory })),
      },
      verifier: composeVerifier(config, keys, { caches }),
      judging: new SingleFlight(),
      people: createMemory(MAX_KNOWN_PEOPLE, systemClock, caches),
      rateLimits: {
        discover: rateLimiter(config.RATE_LIMIT_DISCOVER_PER_MINUTE, () => requests.rateLimited("discover")),
        failedTokens: rateLimiter(config.RATE_LIMIT_FAILED_TOKENS_PER_MINUTE, () =>
          requests.rateLimited("failed_tokens"),
        ),
        mutations: rateLimiter(MUTATIONS_PER_MINUTE, () => requests.rateLimited("mutations")),
      },
      resolveIdentity: createIdentityResolver({ ...resolver, organizations, links }),
      resolveStoredIdentity: createIdentityResolver({
        ...resolver,
        organizations: { ...organizations, findConnection: stored.stored.findConnection },
        links: storedLinks,
      }),
      readAhead: dynamoReadAhead(table),
      adminClients: config.ADMIN_CLIENT_IDS,
    },
  });
  return {
    http,
    /** Null where the main port has the metrics. */
    metricsServer:
      config.METRICS_PORT === undefined ? null : createMetricsServer(metrics.render, http.unreadiness),
    /** Soon after listening, starts to load keys and the store's credentials. Resolves when it has. */
    async start() {
      await pause(LOAD_AFTER_MS, undefined, { signal: closed.signal }).catch(() => {});
      if (closed.signal.aborted) return;
      keys.start();
      table.credentials.start((load) => logCredentials(load, logger));
    },
    /**
     * Checks the registered connections as soon as the store responds.
     * @throws {ConfigurationError} when one of them contradicts the configuration
     */
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
    },
    /** Resolves when every mail so far has its outcome. */
    async mailed() {
      await outbox?.idle();
    },
    /** Ends timers and connections, and writes the access lines that are left. */
    close() {
      closed.abort();
      keys.close();
      table.close();
      accessLog.close();
      process.off("exit", accessLog.flush);
    },
  };
}

function forgetIn({
  organizations,
  memberships,
  links,
}: {
  readonly organizations: ReturnType<typeof cachedOrganizations>;
  readonly memberships: ReturnType<typeof cachedMemberships>;
  readonly links: ReturnType<typeof cachedIdentityLinks>;
}): Forget {
  const isNotCached = () => {};
  return {
    organization: organizations.forget,
    pointer: organizations.forget,
    domain: organizations.forget,
    connection: organizations.forget,
    // A missing membership is not cached, and forgetting also discards the reads of others that are under way.
    membership: ({ organizationId, userId }, { isNew }) => {
      if (!isNew) memberships.forget(organizationId, userId);
    },
    invitation: isNotCached,
    invitationLedger: isNotCached,
    speakers: isNotCached,
    link: (link, { isNew }) => {
      if (!isNew) links.forgetLink(link);
    },
    seat: isNotCached,
    block: links.forgetBlock,
    window: isNotCached,
    claim: isNotCached,
    setup: isNotCached,
  };
}

function rateLimiter(perMinute: number, onLimited: () => void) {
  return createRateLimiter({ perMinute, maxKeys: MAX_LIMITED_ADDRESSES, clock: systemClock, onLimited });
}

export function composeTable(
  config: StoreConfig,
  onUpstream: DynamoTable["options"]["onUpstream"] = () => {},
): DynamoTable {
  return createDynamoTable({
    table: config.DYNAMODB_TABLE,
    region: config.AWS_REGION,
    endpoint: config.DYNAMODB_ENDPOINT,
    attemptMs: config.STORE_ATTEMPT_MS,
    deadlineMs: config.STORE_DEADLINE_MS,
    onUpstream,
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
export function composeTokenJudge(config: ServerConfig) {
  const keys = composeKeys(config);
  const table = composeTable(config);
  return {
    ...judgePorts({ config, keys, table, directory: composeDirectory(config) }),
    /** Loads the store's credentials. */
    load: (signal: AbortSignal) => table.credentials.load(signal),
    close() {
      keys.close();
      table.close();
    },
  };
}
