import { MAX_OWNERS, PAGE_LIMIT } from "@platform-api/server/domain";
import { constantOf, count, DEFAULTS, kib, literalOf, time } from "./source.ts";

/** A limit's row: what it is, its value as the page says it, and the variable that changes it. */
export type Limit = readonly [what: string, value: string, variable?: string];

const HTTP = "http/server.ts";
const REQUESTS: readonly Limit[] = [
  ["a token", kib(constantOf("adapters/tokens/compact-token.ts", "MAX_TOKEN_LENGTH"))],
  ["the headers of a request", kib(constantOf(HTTP, "MAX_HEADER_BYTES"))],
  ["the body of a request", kib(constantOf(HTTP, "MAX_BODY_BYTES"))],
  ["levels of JSON", count(literalOf("json-depth.ts", /MAX_JSON_DEPTH = (\d+)/))],
  ["calls in a batch", count(constantOf("http/trpc-route.ts", "MAX_BATCH_SIZE"))],
  ["until the headers are there", time(constantOf(HTTP, "HEADERS_TIMEOUT_MS"))],
  ["until the whole request is there", time(constantOf(HTTP, "REQUEST_TIMEOUT_MS"))],
  ["until an answer", time(constantOf("trpc/request-signal.ts", "REQUEST_DEADLINE_MS"))],
  ["requests of a connection in progress", count(bound("maxHandled"))],
  ["requests of a connection that wait", count(bound("maxWaiting"))],
  ["until a client reads on", time(bound("stallMs"))],
  ["open connections", count(DEFAULTS.MAX_CONNECTIONS), "MAX_CONNECTIONS"],
  ["requests in progress", count(DEFAULTS.MAX_IN_FLIGHT), "MAX_IN_FLIGHT"],
  ["delay of the event loop", time(DEFAULTS.MAX_EVENT_LOOP_DELAY_MS), "MAX_EVENT_LOOP_DELAY_MS"],
  ["an idle connection", time(DEFAULTS.KEEP_ALIVE_MS), "KEEP_ALIVE_MS"],
  ["requests in progress after SIGTERM", time(DEFAULTS.SHUTDOWN_DRAIN_MS), "SHUTDOWN_DRAIN_MS"],
];

const COMPOSE = "apps/platform-api/src/compose.ts";
const RATES: readonly Limit[] = [
  [
    "`discover.byEmail`, of an address",
    perMinute(DEFAULTS.RATE_LIMIT_DISCOVER_PER_MINUTE),
    "RATE_LIMIT_DISCOVER_PER_MINUTE",
  ],
  [
    "invalid tokens, of an address",
    perMinute(DEFAULTS.RATE_LIMIT_FAILED_TOKENS_PER_MINUTE),
    "RATE_LIMIT_FAILED_TOKENS_PER_MINUTE",
  ],
  ["changes, of a user in an organization", perMinute(constantOf(COMPOSE, "MUTATIONS_PER_MINUTE"))],
  ["addresses and users that are counted", count(constantOf(COMPOSE, "MAX_LIMITED_ADDRESSES"))],
  ["lookups of a domain's record", every(constantOf("domain/administration/domains.ts", "CHECK_AGAIN_MS"))],
  [
    "questions to Auth0 about a set-up",
    every(constantOf("domain/administration/connection-finish.ts", "ASK_AGAIN_MS")),
  ],
];

const TOKENS: readonly Limit[] = [
  ["lifetime of a token", time(DEFAULTS.MAX_TOKEN_LIFETIME_SECONDS * 1_000), "MAX_TOKEN_LIFETIME_SECONDS"],
  ["difference of clocks", time(DEFAULTS.CLOCK_TOLERANCE_SECONDS * 1_000), "CLOCK_TOLERANCE_SECONDS"],
  ["characters of a subject", count(constantOf("adapters/tokens/claims-policy.ts", "MAX_IDENTIFIER_LENGTH"))],
  ["characters of a key id", count(literalOf("adapters/tokens/header-policy.ts", /KEY_ID = .*\{1,(\d+)\}/))],
  ["keys in a key set", count(constantOf("adapters/tokens/jwks-fetch.ts", "MAX_KEYS"))],
  ["a key set", kib(constantOf("adapters/tokens/jwks-fetch.ts", "MAX_BODY_BYTES"))],
  ["bits of an RSA key", `${keyBits("MIN_MODULUS_BITS")} to ${keyBits("MAX_MODULUS_BITS")}`],
];

const CACHES: readonly Limit[] = [
  ["a key set that is current", time(DEFAULTS.JWKS_FRESH_MS), "JWKS_FRESH_MS"],
  ["a key set while its endpoint fails", time(DEFAULTS.JWKS_STALE_MS), "JWKS_STALE_MS"],
  ["between two fetches of the key set", time(DEFAULTS.JWKS_COOLDOWN_MS), "JWKS_COOLDOWN_MS"],
  [
    "links, blocks, organizations, connections, domains",
    time(DEFAULTS.IDENTITY_CACHE_MS),
    "IDENTITY_CACHE_MS",
  ],
  ["memberships", time(DEFAULTS.MEMBERSHIP_CACHE_MS), "MEMBERSHIP_CACHE_MS"],
  ["names that are not registered", time(constantOf("adapters/caches.ts", "MAX_ABSENT_MS"))],
  ["remembered tokens", count(constantOf("apps/platform-api/src/compose-tokens.ts", "MAX_CACHED_TOKENS"))],
  ["remembered links and memberships, each", count(constantOf("adapters/caches.ts", "MAX_USERS"))],
  ["users whose next token is not judged again", count(constantOf(COMPOSE, "MAX_KNOWN_PEOPLE"))],
  [
    "remembered organizations, connections, domains, each",
    count(constantOf("adapters/caches.ts", "MAX_ORGANIZATIONS")),
  ],
  ["identities in the SDK", time(constantOf("packages/client/src/token-validator.ts", "MAX_CACHE_MS"))],
  [
    "memberships in the SDK",
    time(constantOf("packages/client/src/token-validator.ts", "MAX_MEMBERSHIP_CACHE_MS")),
  ],
];

const ADMINISTRATION = "domain/administration/";
const ORGANIZATIONS: readonly Limit[] = [
  ["characters of an organization's id", count(1 + literalOf("wire/organization-id.ts", /\{0,(\d+)\}/))],
  ["characters of a name", count(literalOf("wire/organization-name.ts", /length <= (\d+)/))],
  ["characters of an address", count(literalOf("wire/email.ts", /MAX_EMAIL_LENGTH = (\d+)/))],
  ["owners", count(MAX_OWNERS)],
  ["open invitations", count(constantOf("domain/membership/invitation-ledger.ts", "MAX_OPEN_INVITATIONS"))],
  ["mails in a day (UTC)", count(constantOf("domain/membership/invitation-ledger.ts", "MAX_MAILS_A_DAY"))],
  [
    "addresses in one `org.invitations.create`",
    count(literalOf("trpc/invitations-router.ts", /emails: .*\.max\((\d+)\)/)),
  ],
  ["an invitation", time(DEFAULTS.INVITATION_TTL_MS), "INVITATION_TTL_MS"],
  ["between two mails to an address", time(DEFAULTS.INVITATION_RESEND_MS), "INVITATION_RESEND_MS"],
  ["verified domains", count(constantOf(`${ADMINISTRATION}domain-claim.ts`, "MAX_DOMAINS"))],
  [
    "claimed domains that wait for their record",
    count(constantOf(`${ADMINISTRATION}domain-claim.ts`, "MAX_CLAIMS")),
  ],
  ["a claim without its record", time(DEFAULTS.CLAIM_TTL_MS), "CLAIM_TTL_MS"],
  ["a verified domain without its record", time(DEFAULTS.DOMAIN_GRACE_MS), "DOMAIN_GRACE_MS"],
  ["connections", count(constantOf(`${ADMINISTRATION}connection-setup.ts`, "MAX_CONNECTIONS"))],
  [
    "characters of a connection's name",
    count(literalOf("trpc/connections-router.ts", /const name = .*\.max\((\d+)\)/)),
  ],
  [
    "characters of an organization's name at Auth0",
    count(constantOf(`${ADMINISTRATION}connection-name.ts`, "MAX_AUTH0_NAME")),
  ],
  [
    "until the set-up's page is opened",
    time(constantOf(`${ADMINISTRATION}connection-begin.ts`, "TICKET_MS")),
  ],
  ["until a set-up is finished", time(constantOf(`${ADMINISTRATION}connection-begin.ts`, "SETUP_MS"))],
  [
    "a token that tests a connection",
    time(constantOf(`${ADMINISTRATION}connection-test.ts`, "MAX_TOKEN_AGE_MS")),
  ],
  ["the test of a connection, when SSO is enforced", time(DEFAULTS.SSO_TEST_AGE_MS), "SSO_TEST_AGE_MS"],
  ["a relink window", time(constantOf(`${ADMINISTRATION}relink-window.ts`, "MAX_WINDOW_MS"))],
  ["items of a page", `${PAGE_LIMIT.usual}, at most ${PAGE_LIMIT.most}`],
  [
    "users in one `org.members.lookup`",
    count(literalOf("trpc/members-router.ts", /userIds: .*\.max\((\d+)\)/)),
  ],
  ["lines of `audit.ndjson`", count(constantOf("http/audit-stream-route.ts", "MAX_LINES"))],
];

const CLJ = "packages/clj-client/src/client.ts";
const UPSTREAMS: readonly Limit[] = [
  ["one attempt at the user directory", time(DEFAULTS.DIRECTORY_ATTEMPT_MS), "DIRECTORY_ATTEMPT_MS"],
  ["all attempts at the user directory", time(DEFAULTS.DIRECTORY_DEADLINE_MS), "DIRECTORY_DEADLINE_MS"],
  ["calls of the user directory", count(literalOf(CLJ, /inFlight = ([\d_]+)/))],
  ["calls that wait for the user directory", count(literalOf(CLJ, /waiting = ([\d_]+)/))],
  ["a reply of the user directory", kib(literalOf(CLJ, /maxReplyBytes = ([\d_]+)/))],
  ["one attempt at the store", time(DEFAULTS.STORE_ATTEMPT_MS), "STORE_ATTEMPT_MS"],
  ["all attempts at the store", time(DEFAULTS.STORE_DEADLINE_MS), "STORE_DEADLINE_MS"],
  ["attempts at the store", count(constantOf("adapters/dynamodb/table/retry-strategy.ts", "MAX_ATTEMPTS"))],
  ["connections to the store", count(constantOf("adapters/dynamodb/table/store-client.ts", "MAX_SOCKETS"))],
  ["one fetch of the key set", time(DEFAULTS.JWKS_DEADLINE_MS), "JWKS_DEADLINE_MS"],
  ["an answer of a DNS resolver", time(constantOf("adapters/dns.ts", "TIMEOUT_MS"))],
  ["the delivery of a mail", time(constantOf("apps/platform-api/src/compose-mail.ts", "MAIL_TIMEOUT_MS"))],
];

/** The limits of each section of the page. */
export const LIMITS: Readonly<Record<string, readonly Limit[]>> = {
  "Requests and connections": REQUESTS,
  Rates: RATES,
  Tokens: TOKENS,
  "What is remembered": CACHES,
  "An organization": ORGANIZATIONS,
  "Calls to others": UPSTREAMS,
};

function bound(name: string): number {
  return literalOf("http/connection-bounds.ts", new RegExp(`BOUNDS: .*${name}: ([\\d_]+)`));
}

function keyBits(name: string): string {
  return count(constantOf("adapters/tokens/key-policy.ts", name));
}

function perMinute(calls: number): string {
  return `${count(calls)} a minute`;
}

function every(ms: number): string {
  return `one in ${time(ms)}`;
}
