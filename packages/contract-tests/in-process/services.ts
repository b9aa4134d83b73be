import {
  cachedIdentityLinks,
  cachedMemberships,
  cachedOrganizations,
  createMemory,
  createTokenVerifier,
  type IssuerRow,
  NotifiedCaches,
  requestTransactions,
  type systemClock,
} from "@platform-api/server/adapters";
import {
  createIdentityResolver,
  type MembershipRegistry,
  type Organizations,
  Refusal,
  SingleFlight,
  type StoredLinks,
  type Transactions,
  type UserDirectory,
} from "@platform-api/server/domain";
import type { HttpServerOptions, Services } from "@platform-api/server/http";
import { MemoryOrganizationRegistry } from "../../server/src/memory/organization-registry.ts";
import { LIMITS, memorySelfService } from "../../server/src/memory/self-service.ts";
import { type MemoryStores, membershipsOf, transactionsOf } from "./memory-stores.ts";

export interface InProcessOptions {
  readonly rows: readonly IssuerRow[];
  readonly clock: typeof systemClock;
  readonly directory: UserDirectory;
  /** The store, as the process reads it. */
  readonly organizations: Organizations;
  readonly memberships: MembershipRegistry;
  readonly links: StoredLinks;
  /** Everything else that is stored. */
  readonly stores: MemoryStores;
  /** False: a process that reads the store on every request. */
  readonly caches?: boolean;
  /** Default: a process that is notified of its own changes alone. */
  readonly notified?: NotifiedCaches;
}

/** The numbers of the default configuration. */
const IDENTITY_CACHE_MS = 60_000;
const MEMBERSHIP_CACHE_MS = 5_000;
export const CLOCK_TOLERANCE_SECONDS = 30;

const nothing = () => {};

/** What a server needs besides, for tests that are not about load. */
export const WITHOUT_LIMITS = {
  events: { answered: nothing, called: nothing, shed: nothing },
  checkCredentials: () => Promise.reject(new Refusal("TOKEN_INVALID", "no credentials of this test")),
  wholeAudit: { read: async () => [] },
  verifyLogout: () => Promise.reject(new Refusal("TOKEN_INVALID", "no logout of this test")),
  renderMetrics: null,
  trustedProxyHops: 0,
  load: { keepAliveMs: 72_000, maxConnections: 0, maxInFlight: 10_000, maxEventLoopDelayMs: 0 },
} as const satisfies Partial<HttpServerOptions>;

/** The services of a process whose store and directory are in memory, with the caches of `serve`. */
export function inProcessServices(options: InProcessOptions): Services {
  const { rows, clock, directory, organizations, memberships, links, stores, caches = true } = options;
  const { identities } = stores;
  const selfService = memorySelfService(stores.organizations);
  const { notified = new NotifiedCaches(0) } = options;
  const identityCache = { ttlMs: caches ? IDENTITY_CACHE_MS : 0, clock, notified };
  const ports = {
    stored: organizations,
    organizations: cachedOrganizations(organizations, identityCache),
    storedLinks: links,
    storedMemberships: membershipsOf(stores.memberships),
    speakers: identities.speakers,
    transactions: forgetting(transactionsOf({ ...stores, ...selfService }), notified),
    audit: identities,
    otherStrategies: new Set(["auth0", "email", "google-oauth2"]),
    trustMode: "enforce",
    now: () => new Date(clock.wallMs()),
  } as const;
  const organizationRegistry = new MemoryOrganizationRegistry(stores.organizations, stores.memberships);
  const resolver = {
    ...ports,
    windows: identities.windows,
    takenSeats: identities.takenSeats,
    directory,
    wouldRefuse: () => {},
  };
  return {
    ...ports,
    administration: {
      ...ports,
      organizations,
      memberships,
      organizationRegistry,
      outbox: null,
      organizationAudit: identities.organizationAudit,
      refusals: stores.memberships.refusals,
      limits: LIMITS,
      identities,
      ...selfService,
    },
    memberships: cachedMemberships(memberships, {
      ...identityCache,
      ttlMs: caches ? MEMBERSHIP_CACHE_MS : 0,
    }),
    verifier: createTokenVerifier({
      rows,
      clock,
      clockToleranceSeconds: CLOCK_TOLERANCE_SECONDS,
      maxCached: 10_000,
      freshness: notified.freshness,
    }),
    links: cachedIdentityLinks(links, identityCache),
    judging: new SingleFlight("DIRECTORY_UNAVAILABLE"),
    people: createMemory(caches ? 1_000 : 1, identityCache),
    rateLimits: {
      discover: () => null,
      failedTokens: () => null,
      mutations: () => null,
      reads: () => null,
      services: () => null,
    },
    resolveIdentity: createIdentityResolver({
      ...resolver,
      links: cachedIdentityLinks(links, identityCache),
    }),
    resolveStoredIdentity: createIdentityResolver({
      ...resolver,
      organizations: stores.organizations,
      links,
    }),
    readAhead: async () => {},
    refusals: { note: () => {} },
    adminClients: new Set(["console", "platform", "test"]),
    serviceClients: new Map([["worker", new Set(["standing"] as const)]]),
  };
}

/** As in `serve`, a change takes effect at once in the process that makes it. */
function forgetting(transactions: Transactions, notified: NotifiedCaches): Transactions {
  const nothing = () => {};
  return requestTransactions(transactions, {
    committed: nothing,
    auditUnsure: nothing,
    forget: (keys) => notified.forget(keys),
  });
}
