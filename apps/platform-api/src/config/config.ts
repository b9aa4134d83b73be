import {
  isResolver,
  parseSender,
  parseSmtpUrl,
  TEST_ISSUER,
  TEST_TENANT,
} from "@platform-api/server/adapters";
import { ENTERPRISE_STRATEGIES, LEAST_AUDIT_DAYS } from "@platform-api/server/domain";
import { z } from "zod";
import { contradictions, type Environment, incompleteEvents, insecureDirectory } from "./contradictions.ts";
import {
  atMost,
  between,
  brandName,
  CLIENT_ID,
  colour,
  count,
  flag,
  httpUrl,
  issuers,
  list,
  mainPort,
  origins,
  pageUrl,
  parsed,
  port,
  recordLabel,
  safeUrl,
  secret,
  serviceClients,
  text,
} from "./values.ts";

export type { Environment } from "./contradictions.ts";

export function processEnvironment(): Environment {
  return process.env;
}

/** The configuration is invalid. Every problem names its variable, and none shows a value that could be a secret. */
export class ConfigurationError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(describeProblems("wrong configuration", problems));
    this.name = "ConfigurationError";
    this.problems = problems;
  }
}

/** A summary, with each problem on a line of its own. */
export function describeProblems(summary: string, problems: readonly string[]): string {
  return `${summary}:\n${problems.map((problem) => `  ${problem}`).join("\n")}`;
}

const OTHER_STRATEGIES = "auth0,email,sms,google-oauth2,apple,github,windowslive,facebook,linkedin,twitter";

const storeSchema = z.object({
  DYNAMODB_TABLE: z
    .string("is missing")
    .regex(/^[A-Za-z0-9_.-]{3,255}$/, "must be 3 to 255 letters, digits, dots, hyphens, underscores"),
  DYNAMODB_ENDPOINT: httpUrl.optional(),
  AWS_REGION: z.string("is missing").regex(/^[a-z0-9-]+$/, "must be a region such as eu-central-1"),
  STORE_ATTEMPT_MS: count(400),
  STORE_DEADLINE_MS: count(1_000),
  AUTH0_OTHER_STRATEGIES: list(OTHER_STRATEGIES)
    .pipe(z.array(z.string().regex(/^[a-z0-9_-]+$/, "must be strategies in lower case, as in the subjects")))
    .refine((names) => !names.some((name) => ENTERPRISE_STRATEGIES.includes(name)), {
      error: `must not name an enterprise strategy (${ENTERPRISE_STRATEGIES.join(", ")}): the customer's administrator controls what its logins claim`,
    })
    .transform((names) => new Set(names)),
  AUTH0_TENANT: text
    .refine((tenant) => tenant.length <= 64, "must have at most 64 characters")
    .refine((tenant) => tenant !== TEST_TENANT, `must not be ${TEST_TENANT}, which is reserved for test mode`)
    .default("default"),
  IDENTITY_CACHE_MS: atMost(60_000, 60_000),
  SMTP_URL: parsed(
    parseSmtpUrl,
    "must be smtp://host:port or smtps://user:password@host:port, percent-encoded, without options",
  ).optional(),
  MAIL_FROM: parsed(parseSender, "must be an address, or Name <address>").optional(),
  FRONTEND_URL: pageUrl.optional(),
  BRAND_NAME: brandName,
  BRAND_LOGO_URL: safeUrl.optional(),
  BRAND_ACCENT: colour,
  AUDIT_RETENTION_DAYS: between(LEAST_AUDIT_DAYS, 36_500).optional(),
  INVITATION_TTL_MS: count(604_800_000),
  INVITATION_RESEND_MS: count(300_000),
  CLAIM_TTL_MS: count(2_592_000_000),
  DOMAIN_GRACE_MS: count(1_209_600_000),
  SSO_TEST_AGE_MS: count(604_800_000),
  CLOSING_NOTICE_MS: count(604_800_000),
  DNS_RESOLVERS: list("1.1.1.1,8.8.8.8").pipe(
    z
      .array(z.string())
      .min(1, "must name a resolver")
      .refine((all) => all.every(isResolver), "must be ip, ip:port or [ip6]:port, comma-separated"),
  ),
  DNS_RECORD_LABEL: recordLabel,
  AUTH0_MANAGEMENT_URL: pageUrl.optional(),
  AUTH0_MANAGEMENT_CLIENT_ID: text.optional(),
  AUTH0_MANAGEMENT_CLIENT_SECRET: text.optional(),
  AUTH0_SELF_SERVICE_PROFILE_ID: text.optional(),
  AUTH0_EVENTS_CLIENT_ID: text.optional(),
  AUTH0_EVENTS_CLIENT_SECRET: text.optional(),
  AUTH0_APP_CLIENT_IDS: list("").pipe(
    z.array(z.string()).max(50, "must name at most 50 clients, as Auth0 changes at once"),
  ),
});

const userDirectorySchema = z.object({
  CLJ_PG_WRAPPER_URL: httpUrl,
  CLJ_PG_WRAPPER_INSECURE: flag,
  CLJ_PG_WRAPPER_TOKEN: text.refine((token) => /^[\x21-\x7e]+$/.test(token), "must be one word of ASCII"),
  DIRECTORY_ATTEMPT_MS: count(800),
  DIRECTORY_DEADLINE_MS: count(2_500),
});

const directorySchema = storeSchema.extend(userDirectorySchema.shape);

const serverSchema = directorySchema.extend({
  NODE_ENV: z.string().optional(),
  HOST: text.default("127.0.0.1"),
  PORT: mainPort,
  METRICS_PORT: port.optional(),
  AUTH0_ISSUER: issuers,
  AUTH0_AUDIENCE: text,
  AUTH0_JWKS_URL: safeUrl.optional(),
  // The Action refuses an address without the slash. Without it here, no claim would be found.
  AUTH0_CLAIM_NAMESPACE: text.refine((prefix) => !/^https?:/i.test(prefix) || prefix.endsWith("/"), {
    error: "must end in a slash, as the Action's CLAIM_NAMESPACE does",
  }),
  TRUST_MODE: z.enum(["enforce", "report"], "must be enforce or report").default("enforce"),
  PLATFORM_JWT_ISSUER: text
    .refine((issuer) => issuer !== TEST_ISSUER, "must not be the test issuer")
    .optional(),
  PLATFORM_JWT_AUDIENCE: text.optional(),
  PLATFORM_JWT_SECRET: secret.optional(),
  AUTH0_TEST_MODE: flag,
  AUTH0_TEST_SECRET: z.string().optional(),
  ADMIN_CLIENT_IDS: list("")
    .pipe(
      z.array(z.string().regex(CLIENT_ID, "must be client ids of applications, separated by commas alone")),
    )
    .transform((ids) => new Set(ids)),
  SERVICE_CLIENTS: serviceClients,
  CORS_ORIGINS: origins,
  TRUSTED_PROXY_HOPS: count(0),
  RATE_LIMIT_DISCOVER_PER_MINUTE: count(60),
  RATE_LIMIT_FAILED_TOKENS_PER_MINUTE: count(30),
  RATE_LIMIT_SERVICES_PER_MINUTE: count(600),
  KEEP_ALIVE_MS: count(72_000),
  MAX_CONNECTIONS: count(10_000),
  MAX_IN_FLIGHT: count(1_000),
  // A request has 2.7 s of the 3 s in which it is answered. Three turns of the event loop can be late: the one that it
  // arrives in, its own, and the one that its deadline falls into.
  MAX_EVENT_LOOP_DELAY_MS: count(100),
  DOCS_VIEWER: flag.default(true),
  JWKS_FRESH_MS: count(300_000),
  JWKS_COOLDOWN_MS: count(10_000),
  JWKS_STALE_MS: count(86_400_000),
  JWKS_DEADLINE_MS: count(2_000),
  CLOCK_TOLERANCE_SECONDS: atMost(300, 30),
  MAX_TOKEN_LIFETIME_SECONDS: count(86_400),
  MEMBERSHIP_CACHE_MS: atMost(5_000, 5_000),
  CHANGES_POLL_MS: atMost(5_000, 1_000),
  MEMORY_TTL_MS: count(600_000),
  SHUTDOWN_DRAIN_MS: count(15_000),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl
    .refine((value) => !/[?#]/.test(value), "must not have a query or a fragment")
    .transform((value) => value.replace(/\/+$/, ""))
    .optional(),
  ACCESS_LOG: z.enum(["all", "refused"], "must be all or refused").default("all"),
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"], "must be a level such as info")
    .default("info"),
});

/** The names of all variables that are read. */
export const SERVER_VARIABLES: readonly string[] = Object.keys(serverSchema.shape);

/** The configuration of the commands that use the table. */
export type StoreConfig = z.output<typeof storeSchema>;

/** The configuration of `directory check`, which uses no table. */
export type UserDirectoryConfig = z.output<typeof userDirectorySchema>;

/** The configuration of the commands that also use the user directory. */
export type DirectoryConfig = z.output<typeof directorySchema>;

/** The configuration of `serve`. */
export type ServerConfig = z.output<typeof serverSchema>;

/** @throws {ConfigurationError} */
export function readStoreConfig(env: Environment): StoreConfig {
  return read(storeSchema, env, incompleteEvents(withoutEmpty(env)));
}

/**
 * For a command that needs nothing else of the configuration.
 * @throws {ConfigurationError}
 */
export function readOtherStrategies(env: Environment): ReadonlySet<string> {
  return read(storeSchema.pick({ AUTH0_OTHER_STRATEGIES: true }), env, []).AUTH0_OTHER_STRATEGIES;
}

const otherTableSchema = storeSchema
  .pick({ DYNAMODB_TABLE: true, DYNAMODB_ENDPOINT: true, AWS_REGION: true })
  .partial({ DYNAMODB_TABLE: true });

/**
 * How another table than ours is reached, and the name of ours where it is known.
 * @throws {ConfigurationError}
 */
export function readOtherTable(env: Environment): z.output<typeof otherTableSchema> {
  return read(otherTableSchema, env, []);
}

/** @throws {ConfigurationError} */
export function readUserDirectoryConfig(env: Environment): UserDirectoryConfig {
  return read(userDirectorySchema, env, insecureDirectory(withoutEmpty(env)));
}

/** @throws {ConfigurationError} */
export function readDirectoryConfig(env: Environment): DirectoryConfig {
  const set = withoutEmpty(env);
  return read(directorySchema, env, [...insecureDirectory(set), ...incompleteEvents(set)]);
}

/** @throws {ConfigurationError} */
export function readServerConfig(env: Environment): ServerConfig {
  const set = withoutEmpty(env);
  return read(serverSchema, env, [...insecureDirectory(set), ...contradictions(set)]);
}

function read<T>(schema: z.ZodType<T>, env: Environment, contradictions: readonly string[]): T {
  const result = schema.safeParse(withoutEmpty(env));
  const issues = result.error?.issues ?? [];
  const problems = issues.map(({ path, message }) => `${String(path[0])} ${message}`);
  if (result.success && contradictions.length === 0) return result.data;
  throw new ConfigurationError([...problems, ...contradictions]);
}

/** An empty variable is an unset one. */
function withoutEmpty(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
}
