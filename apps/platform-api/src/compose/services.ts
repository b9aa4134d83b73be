import type { CljClient } from "@platform-api/clj-client";
import {
  cachedIdentityLinks,
  cachedMemberships,
  cachedOrganizations,
  cljUserDirectory,
  createMemory,
  createRateLimiter,
  createRefusalLog,
  createTakenSeats,
  type DynamoTable,
  dynamoAudit,
  dynamoIdentities,
  dynamoOrganizationAudit,
  dynamoOrganizationRegistry,
  dynamoReadAhead,
  dynamoRefusals,
  type JwksSource,
  type Metrics,
  type NotifiedCaches,
  type OnAnyUpstream,
  requestAudit,
  requestTransactions,
  systemClock,
} from "@platform-api/server/adapters";
import {
  createIdentityResolver,
  keepRefusal,
  type RefusalPorts,
  readMembershipBeside,
  SingleFlight,
} from "@platform-api/server/domain";
import type { Services } from "@platform-api/server/http";
import { tokenTrial } from "@platform-api/server/trial";
import type { ServerConfig } from "../config/config.ts";
import { judgePorts, loginPorts } from "./judge.ts";
import type { composeOutbox } from "./mail.ts";
import type { composeReports } from "./metrics.ts";
import { composeSelfService } from "./self-service.ts";
import { composeVerifier } from "./tokens.ts";

/** People whose next token is answered without judging them again, at about 1 KiB each. */
const MAX_KNOWN_PEOPLE = 16_384;
/** Client addresses whose calls are counted, at about 0.5 KiB each. */
const MAX_LIMITED_ADDRESSES = 65_536;
/** Changes that one person may make in one organization. */
const MUTATIONS_PER_MINUTE = 60;
/** What one administrator may read in one organization, so that a page that asks on by itself cannot cost a table. */
const READS_PER_MINUTE = 120;

/** What the services are built on. */
interface Foundation {
  readonly metrics: Metrics;
  readonly onUpstream: OnAnyUpstream;
  readonly reports: ReturnType<typeof composeReports>;
  readonly keys: JwksSource;
  readonly table: DynamoTable;
  readonly directory: CljClient;
  readonly outbox: ReturnType<typeof composeOutbox>;
  readonly notified: NotifiedCaches;
}

/** The services of `serve`. */
export function composeServices(
  config: ServerConfig,
  foundation: Foundation,
): Services & { readonly refusals: ReturnType<typeof createRefusalLog> } {
  const { metrics, reports, onUpstream, keys, table, directory, outbox, notified } = foundation;
  const { caches, logins } = metrics;
  const identityCache = { ttlMs: config.IDENTITY_CACHE_MS, clock: systemClock, caches, notified };
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
      committed: logins.committed,
      forget: (keys) => notified.forget(keys),
      auditUnsure: reports.audit.auditUnsure,
    }),
    storedLinks,
    audit: logins.counting(requestAudit(dynamoAudit(table), reports.audit)),
  };
  const resolver = {
    ...ports,
    windows,
    takenSeats: createTakenSeats(),
    directory: cljUserDirectory(directory, (...call) => onUpstream("directory", ...call)),
    wouldRefuse: reports.wouldRefuse,
  };
  const refusals = dynamoRefusals(table);
  return {
    ...ports,
    administration: {
      ...ports,
      organizationRegistry: dynamoOrganizationRegistry(table),
      memberships: stored.memberships,
      organizations: stored.stored,
      organizationAudit: dynamoOrganizationAudit(table),
      refusals,
      outbox,
      ...composeSelfService(table, config, onUpstream),
      identities: storedLinks,
      trial: tokenTrial(judgePorts({ config, keys, table, directory })),
    },
    verifier: composeVerifier(config, keys, { caches, freshness: notified.freshness }),
    judging: new SingleFlight("DIRECTORY_UNAVAILABLE"),
    people: createMemory(MAX_KNOWN_PEOPLE, identityCache),
    rateLimits: composeRateLimits(config, metrics),
    resolveIdentity: createIdentityResolver({
      ...resolver,
      organizations,
      links,
      readBeside: readMembershipBeside({ organizations }, memberships.renew),
    }),
    resolveStoredIdentity: createIdentityResolver({
      ...resolver,
      organizations: { ...organizations, findConnection: stored.stored.findConnection },
      links: storedLinks,
    }),
    links,
    readAhead: dynamoReadAhead(table),
    refusals: composeRefusalLog({ ...stored, organizations, refusals }, logins.refusal),
    adminClients: config.ADMIN_CLIENT_IDS,
    serviceClients: config.SERVICE_CLIENTS,
  };
}

function composeRefusalLog(
  ports: RefusalPorts,
  onRefusal: Metrics["logins"]["refusal"],
): ReturnType<typeof createRefusalLog> {
  return createRefusalLog({
    keep: (refused, bounds, signal) => keepRefusal(refused, bounds, ports, signal),
    clock: systemClock,
    onRefusal,
  });
}

function composeRateLimits(config: ServerConfig, { requests }: Metrics) {
  const limiter = (perMinute: number, limit: Parameters<typeof requests.rateLimited>[0]) =>
    createRateLimiter({
      perMinute,
      maxKeys: MAX_LIMITED_ADDRESSES,
      clock: systemClock,
      onLimited: () => requests.rateLimited(limit),
    });
  return {
    discover: limiter(config.RATE_LIMIT_DISCOVER_PER_MINUTE, "discover"),
    failedTokens: limiter(config.RATE_LIMIT_FAILED_TOKENS_PER_MINUTE, "failed_tokens"),
    mutations: limiter(MUTATIONS_PER_MINUTE, "mutations"),
    reads: limiter(READS_PER_MINUTE, "reads"),
    services: limiter(config.RATE_LIMIT_SERVICES_PER_MINUTE, "services"),
  };
}
