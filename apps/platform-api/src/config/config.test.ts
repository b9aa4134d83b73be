import { ENTERPRISE_STRATEGIES } from "@platform-api/server/domain";
import { describe, expect, it } from "vitest";
import {
  ConfigurationError,
  type Environment,
  readDirectoryConfig,
  readServerConfig,
  readStoreConfig,
} from "./config.ts";

const SECRET = "mWk3vQ8zR1tY6uB9xC4nE7pL2sD5fG0h";
const VALID: Environment = {
  AUTH0_ISSUER: "https://login.acme.example/,https://tenant.eu.auth0.example/",
  AUTH0_AUDIENCE: "https://api.platform.example",
  AUTH0_CLAIM_NAMESPACE: "https://platform.example/",
  CLJ_PG_WRAPPER_URL: "https://directory.internal:8080",
  CLJ_PG_WRAPPER_TOKEN: "service-token",
  DYNAMODB_TABLE: "platform-api",
  AWS_REGION: "eu-central-1",
};

/** The problems of a configuration; none when it is right. */
function problems(overrides: Environment, read: (env: Environment) => unknown = readServerConfig): string[] {
  try {
    read({ ...VALID, ...overrides });
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return [...error.problems];
    throw error;
  }
}

const SAME_PORT = "METRICS_PORT must not be PORT: unset it to have /metrics on PORT";

it.each<[string, Environment, string[]]>([
  ["none", {}, []],
  ["one of its own", { PORT: "4000", METRICS_PORT: "4009" }, []],
  ["any free one, beside any free one", { PORT: "0", METRICS_PORT: "0" }, []],
  ["the default of PORT", { METRICS_PORT: "4000" }, [SAME_PORT]],
  ["PORT", { PORT: "80", METRICS_PORT: "080" }, [SAME_PORT]],
  ["no port", { METRICS_PORT: "65536" }, ["METRICS_PORT must be a port, 0 to 65535"]],
])("METRICS_PORT may be: %s", (_, environment, expected) => {
  expect(problems(environment)).toEqual(expected);
});

it("has the documented defaults", () => {
  expect(readServerConfig({ ...VALID, PORT: "", TRUST_MODE: "" })).toMatchObject({
    HOST: "127.0.0.1",
    TRUSTED_PROXY_HOPS: 0,
    PORT: 4_000,
    AUTH0_TENANT: "default",
    AUTH0_TEST_MODE: false,
    TRUST_MODE: "enforce",
    CORS_ORIGINS: [],
    DOCS_VIEWER: true,
    JWKS_FRESH_MS: 300_000,
    JWKS_STALE_MS: 86_400_000,
    IDENTITY_CACHE_MS: 60_000,
    MEMBERSHIP_CACHE_MS: 5_000,
    CHANGES_POLL_MS: 1_000,
    MEMORY_TTL_MS: 600_000,
    STORE_ATTEMPT_MS: 400,
    SHUTDOWN_DRAIN_MS: 15_000,
    ACCESS_LOG: "all",
    LOG_LEVEL: "info",
  });
});

it("names every wrong key at once, and prints no value", () => {
  const wrong = {
    AUTH0_ISSUER: "https://no-slash.example,http://plain.example/",
    AUTH0_AUDIENCE: "",
    AUTH0_TENANT: "test",
    CLJ_PG_WRAPPER_URL: "canary-url",
    PORT: "70000",
    JWKS_FRESH_MS: "-1",
    IDENTITY_CACHE_MS: "1.5",
    TRUST_MODE: "canary-mode",
    CORS_ORIGINS: "https://app.example/path",
    PLATFORM_JWT_SECRET: "canary-secret",
    AUTH0_TEST_MODE: "true",
    ACCESS_LOG: "none",
    LOG_LEVEL: "loud",
  };
  const found = problems(wrong);
  const named = new Set(found.map((problem) => problem.split(" ")[0]));
  expect([...named].sort()).toEqual(
    [...Object.keys(wrong), "AUTH0_TEST_SECRET", "PLATFORM_JWT_AUDIENCE", "PLATFORM_JWT_ISSUER"].sort(),
  );
  expect(found.join()).not.toMatch(/canary|70000|no-slash/);
});

it("SERVICE_CLIENTS says what each client may", () => {
  const { SERVICE_CLIENTS } = readServerConfig({
    ...VALID,
    SERVICE_CLIENTS: "a=standing, b=audit+standing,",
  });
  const expected = [
    ["a", new Set(["standing"])],
    ["b", new Set(["audit", "standing"])],
  ];
  expect([...SERVICE_CLIENTS]).toEqual(expected);
  expect(readServerConfig(VALID).SERVICE_CLIENTS.size).toBe(0);
});

const notAnEntry = (entry: string) =>
  `SERVICE_CLIENTS must have entries such as worker=standing+audit, separated by commas; "${entry}" is not one`;
const unknownTo = (clientId: string, permission: string) =>
  `SERVICE_CLIENTS gives ${clientId} the unknown permission "${permission}": use standing, audit, introspect`;

it.each<[string, string[]]>([
  ...["worker", "worker=", "=standing", "two words=standing", "worker=standing=audit"].map(
    (entry): [string, string[]] => [entry, [notAnEntry(entry)]],
  ),
  ["worker=standin", [unknownTo("worker", "standin")]],
  ["worker=standing+", [unknownTo("worker", "")]],
  ["worker=standing,worker=audit", ["SERVICE_CLIENTS lists worker twice: join its permissions by +"]],
  ["a=all,b", [unknownTo("a", "all"), notAnEntry("b")]],
])("SERVICE_CLIENTS may not be %s", (SERVICE_CLIENTS, expected) => {
  expect(problems({ SERVICE_CLIENTS })).toEqual(expected);
});

describe("T27 test mode", () => {
  it.each([undefined, "", "prod", "production", "Production ", "staging", "Development", "test ", "TEST"])(
    "does not start with NODE_ENV %j, and says why",
    (NODE_ENV) => {
      for (const AUTH0_TEST_MODE of ["1", "true"]) {
        expect(problems({ NODE_ENV, AUTH0_TEST_MODE, AUTH0_TEST_SECRET: SECRET })).toEqual([
          "AUTH0_TEST_MODE is refused: NODE_ENV is not development or test, so this is production",
        ]);
      }
    },
  );

  it.each(["development", "test"])("starts with NODE_ENV %s and a secret", (NODE_ENV) => {
    expect(problems({ NODE_ENV, AUTH0_TEST_MODE: "1", AUTH0_TEST_SECRET: SECRET })).toEqual([]);
  });

  it.each([undefined, "", " ", "short", "x".repeat(31), "a".repeat(64)])(
    "refuses the secret %j",
    (AUTH0_TEST_SECRET) => {
      const found = problems({ NODE_ENV: "test", AUTH0_TEST_MODE: "1", AUTH0_TEST_SECRET });
      expect(found).toEqual([expect.stringMatching(/^AUTH0_TEST_SECRET is not a safe secret/)]);
    },
  );

  it.each(["yes", "on", "TRUE", "2", " 1", "enabled"])(
    "is an error as %j, not a guess",
    (AUTH0_TEST_MODE) => {
      expect(problems({ NODE_ENV: "test", AUTH0_TEST_MODE })).toEqual([
        expect.stringMatching(/^AUTH0_TEST_MODE must be/),
      ]);
    },
  );

  it.each([undefined, "", "0", "false"])("is off as %j, wherever", (AUTH0_TEST_MODE) => {
    expect(readServerConfig({ ...VALID, AUTH0_TEST_MODE }).AUTH0_TEST_MODE).toBe(false);
  });
});

const NO_ISSUER = "AUTH0_ISSUER must be an https address, or http on a loopback address, without credentials";

it.each([
  ["https://login.example/", []],
  ["http://127.0.0.1:4003/", []],
  ["http://localhost:4003/", []],
  ["http://login.example/", [NO_ISSUER]],
  ["http://127.0.0.1.evil.example/", [NO_ISSUER]],
  ["https://a.example/,https://a.example/", ["AUTH0_ISSUER contains an issuer twice"]],
  [",", ["AUTH0_ISSUER is missing"]],
])("AUTH0_ISSUER %s", (AUTH0_ISSUER, expected) => {
  expect(problems({ AUTH0_ISSUER })).toEqual(expected);
});

it.each([
  ["AUTH0_CLAIM_NAMESPACE", "https://platform.example"],
  ["AUTH0_AUDIENCE", " "],
  ["AUTH0_JWKS_URL", "https://user:canary@login.example/jwks.json"],
  ["AUTH0_ISSUER", "https://:canary@login.example/"],
  ["CLJ_PG_WRAPPER_URL", "http://:canary@directory.internal/"],
  ["CLJ_PG_WRAPPER_URL", "http://user:canary@directory.internal/"],
  ["CLJ_PG_WRAPPER_TOKEN", "two\nlines"],
  ["DOCS_VIEWER", "off"],
  ["DYNAMODB_TABLE", "bad name!"],
  ["AWS_REGION", "nope nope"],
  ["AUTH0_OTHER_STRATEGIES", "AUTH0"],
  ["STORE_DEADLINE_MS", "1s"],
  ["CORS_ORIGINS", "https://a.example,https://b.example//"],
  ["DNS_RECORD_LABEL", "acme-id"],
  ["DNS_RECORD_LABEL", "_acme.id"],
])("%s is not taken as %j", (variable, value) => {
  expect(problems({ [variable]: value })).toEqual([expect.stringMatching(`^${variable} `)]);
});

it.each([
  ["CLOCK_TOLERANCE_SECONDS", 300],
  ["IDENTITY_CACHE_MS", 60_000],
  ["MEMBERSHIP_CACHE_MS", 5_000],
  ["CHANGES_POLL_MS", 5_000],
] as const)("T78: %s is at most %i", (variable, most) => {
  expect(readServerConfig({ ...VALID, [variable]: String(most) })[variable]).toBe(most);
  for (const value of [most + 1, most * 100, 999_999_999_999_999]) {
    expect(problems({ [variable]: String(value) })).toEqual([`${variable} must be at most ${most}`]);
  }
});

it("AUDIT_RETENTION_DAYS is for good unless it is given, and at least 90 days, for serve and for commands", () => {
  for (const read of [readServerConfig, readStoreConfig]) {
    expect(read(VALID).AUDIT_RETENTION_DAYS).toBeUndefined();
    expect(read({ ...VALID, AUDIT_RETENTION_DAYS: "90" }).AUDIT_RETENTION_DAYS).toBe(90);
    for (const AUDIT_RETENTION_DAYS of ["0", "1", "89", "36501", "999999999999999"])
      expect(problems({ AUDIT_RETENTION_DAYS }, read)).toEqual(["AUDIT_RETENTION_DAYS must be 90 to 36500"]);
    expect(problems({ AUDIT_RETENTION_DAYS: "a year" }, read)).toHaveLength(1);
  }
});

it.each(ENTERPRISE_STRATEGIES)("T78: AUTH0_OTHER_STRATEGIES must not name %s", (strategy) => {
  expect(problems({ AUTH0_OTHER_STRATEGIES: `auth0, ${strategy}` })).toEqual([
    expect.stringMatching(/^AUTH0_OTHER_STRATEGIES must not name an enterprise strategy \(/),
  ]);
});

describe("CLJ_PG_WRAPPER_URL", () => {
  const REFUSED =
    "CLJ_PG_WRAPPER_URL must be an https address, or http on a loopback address; CLJ_PG_WRAPPER_INSECURE=1 accepts http elsewhere";
  it.each([
    ["https://directory.example/base", undefined, []],
    ["http://127.0.0.1:4004", undefined, []],
    ["http://localhost:4004", undefined, []],
    ["http://directory.internal:8080", undefined, [REFUSED]],
    ["http://directory.internal:8080", "0", [REFUSED]],
    ["http://127.0.0.1.evil.example", "", [REFUSED]],
    ["http://directory.internal:8080", "1", []],
    ["ftp://directory.internal", "1", ["CLJ_PG_WRAPPER_URL must be an http or https address"]],
  ])("%s with CLJ_PG_WRAPPER_INSECURE=%s", (CLJ_PG_WRAPPER_URL, CLJ_PG_WRAPPER_INSECURE, expected) => {
    for (const read of [readServerConfig, readDirectoryConfig]) {
      expect(problems({ CLJ_PG_WRAPPER_URL, CLJ_PG_WRAPPER_INSECURE }, read)).toEqual(expected);
    }
  });
});

it.each([
  ["AUTH0_CLAIM_NAMESPACE", "acme_", "acme_"],
  ["AUTH0_CLAIM_NAMESPACE", "urn:acme:", "urn:acme:"],
  ["DOCS_VIEWER", "0", false],
  ["DOCS_VIEWER", "false", false],
  ["DOCS_VIEWER", "", true],
  ["DOCS_VIEWER", "1", true],
  ["JWKS_STALE_MS", "0", 0],
  ["JWKS_STALE_MS", "99999999999", 2 ** 31 - 1],
] as const)("%s is taken as %j", (variable, value, expected) => {
  expect(readServerConfig({ ...VALID, [variable]: value })[variable]).toBe(expected);
});

it("legacy tokens come whole, and never under Auth0's issuer", () => {
  const legacy = { PLATFORM_JWT_AUDIENCE: "x", PLATFORM_JWT_SECRET: SECRET };
  expect(problems({ ...legacy, PLATFORM_JWT_ISSUER: "https://legacy.example" })).toEqual([]);
  const spaced = "https://a.example/, https://login.acme.example/";
  expect(
    problems({ ...legacy, AUTH0_ISSUER: spaced, PLATFORM_JWT_ISSUER: "https://login.acme.example/" }),
  ).toEqual(["PLATFORM_JWT_ISSUER must not be an Auth0 issuer: each issuer has one kind of key"]);
  expect(problems({ ...legacy, PLATFORM_JWT_ISSUER: "urn:platform-api:test" })).toEqual([
    "PLATFORM_JWT_ISSUER must not be the test issuer",
  ]);
});

describe("mail", () => {
  const MAIL = {
    SMTP_URL: "smtps://mailer:p%40ss@mail.example:2465",
    MAIL_FROM: "Platform <No-Reply@platform.example>",
    FRONTEND_URL: "https://app.example/",
  };

  it("is configured by three variables, parsed once", () => {
    expect(readServerConfig({ ...VALID, ...MAIL })).toMatchObject({
      SMTP_URL: {
        host: "mail.example",
        port: 2465,
        tls: "implicit",
        credentials: { user: "mailer", password: "p@ss" },
      },
      MAIL_FROM: { name: "Platform", address: "no-reply@platform.example" },
      FRONTEND_URL: "https://app.example",
      BRAND_NAME: "Platform",
      BRAND_ACCENT: "#4b50c8",
    });
  });

  it.each<[Environment, string[]]>([
    [{}, []],
    [MAIL, []],
    [{ SMTP_URL: MAIL.SMTP_URL }, ["MAIL_FROM", "FRONTEND_URL"]],
    [{ MAIL_FROM: MAIL.MAIL_FROM, SMTP_URL: "" }, ["SMTP_URL", "FRONTEND_URL"]],
    [{ ...MAIL, FRONTEND_URL: "" }, ["FRONTEND_URL"]],
  ])("%j misses %j", (environment, missing) => {
    const expected = missing.map(
      (variable) => `${variable} is missing: mails need SMTP_URL, MAIL_FROM and FRONTEND_URL`,
    );
    expect(problems(environment)).toEqual(expected);
  });

  it.each([
    ["SMTP_URL", "smtps://mailer:canary@mail.example?tls.rejectUnauthorized=false"],
    ["MAIL_FROM", "canary"],
    ["FRONTEND_URL", "http://canary.example"],
    ["FRONTEND_URL", "https://app.example/#canary"],
    ["FRONTEND_URL", "https://canary:canary@app.example"],
    ["BRAND_NAME", "canary\u2028"],
    ["BRAND_NAME", "canary ".repeat(9)],
    ["BRAND_LOGO_URL", "http://canary.example/logo.png"],
    ["BRAND_LOGO_URL", "/canary.png"],
    ["BRAND_ACCENT", "canary"],
  ])("%s is not taken as %j, which is not printed", (variable, value) => {
    const found = problems({ ...MAIL, [variable]: value });
    expect(found).toEqual([expect.stringMatching(`^${variable} must `)]);
    expect(found.join()).not.toContain("canary");
  });
});

describe("Auth0's Management API", () => {
  const ADDRESS = { AUTH0_MANAGEMENT_URL: "https://tenant.eu.auth0.com" };
  const EVENTS = { AUTH0_EVENTS_CLIENT_ID: "events", AUTH0_EVENTS_CLIENT_SECRET: "canary" };
  const APPLICATION = { AUTH0_MANAGEMENT_CLIENT_ID: "management", AUTH0_MANAGEMENT_CLIENT_SECRET: "canary" };
  const PEOPLE = { AUTH0_APP_CLIENT_IDS: "spa" };
  const SET_UPS = { ...ADDRESS, ...APPLICATION, AUTH0_SELF_SERVICE_PROFILE_ID: "ssp_1", ...PEOPLE };
  const FOR_SET_UPS =
    "setting up SSO at Auth0 needs AUTH0_MANAGEMENT_URL, AUTH0_MANAGEMENT_CLIENT_ID, AUTH0_MANAGEMENT_CLIENT_SECRET, AUTH0_SELF_SERVICE_PROFILE_ID and AUTH0_APP_CLIENT_IDS";
  const FOR_EVENTS =
    "ending sessions at Auth0, and its events, need AUTH0_MANAGEMENT_URL, AUTH0_EVENTS_CLIENT_ID and AUTH0_EVENTS_CLIENT_SECRET";

  it.each<[Environment, string[], string]>([
    [PEOPLE, [], ""],
    [SET_UPS, [], ""],
    [{ ...ADDRESS, ...EVENTS }, [], ""],
    [{ ...SET_UPS, ...EVENTS }, [], ""],
    [
      { ...SET_UPS, ...PEOPLE, AUTH0_SELF_SERVICE_PROFILE_ID: "" },
      ["AUTH0_SELF_SERVICE_PROFILE_ID"],
      FOR_SET_UPS,
    ],
    [
      ADDRESS,
      [...Object.keys(APPLICATION), "AUTH0_SELF_SERVICE_PROFILE_ID", "AUTH0_APP_CLIENT_IDS"],
      FOR_SET_UPS,
    ],
    [{ ...SET_UPS, ...EVENTS, AUTH0_APP_CLIENT_IDS: "" }, ["AUTH0_APP_CLIENT_IDS"], FOR_SET_UPS],
    [EVENTS, ["AUTH0_MANAGEMENT_URL"], FOR_EVENTS],
    [{ ...ADDRESS, AUTH0_EVENTS_CLIENT_ID: "events" }, ["AUTH0_EVENTS_CLIENT_SECRET"], FOR_EVENTS],
    [{ ...SET_UPS, AUTH0_EVENTS_CLIENT_SECRET: "canary" }, ["AUTH0_EVENTS_CLIENT_ID"], FOR_EVENTS],
  ])("%j misses %j", (environment, missing, why) => {
    const expected = missing.map((variable) => `${variable} is missing: ${why}`);
    expect(problems(environment)).toEqual(expected);
    if (why !== FOR_SET_UPS)
      expect(problems({ ...VALID, ...environment }, readStoreConfig)).toEqual(expected);
  });
});

describe.each([
  ["INVITATION_TTL_MS", 604_800_000],
  ["INVITATION_RESEND_MS", 300_000],
  ["CLOSING_NOTICE_MS", 604_800_000],
] as const)("%s, a time for tests", (variable, standard) => {
  it.each(["development", "test"])("can be shorter with NODE_ENV %s", (NODE_ENV) => {
    expect(readServerConfig({ ...VALID, NODE_ENV })[variable]).toBe(standard);
    expect(readServerConfig({ ...VALID, NODE_ENV, [variable]: "50" })[variable]).toBe(50);
  });

  it.each([undefined, "", "production", "Test"])("is refused with NODE_ENV %j", (NODE_ENV) => {
    for (const value of ["50", String(standard), "canary"]) {
      expect(problems({ NODE_ENV, [variable]: value })).toContain(
        `${variable} is refused: NODE_ENV is not development or test, so this is production`,
      );
    }
    expect(readServerConfig({ ...VALID, NODE_ENV, [variable]: "" })[variable]).toBe(standard);
  });
});

it("commands on the table need the table alone", () => {
  const { DYNAMODB_TABLE, AWS_REGION } = VALID;
  expect(readStoreConfig({ DYNAMODB_TABLE, AWS_REGION }).AUTH0_OTHER_STRATEGIES.has("google-oauth2")).toBe(
    true,
  );
  expect(problems({ DYNAMODB_TABLE: "ab", AWS_REGION: undefined }, readStoreConfig)).toEqual([
    "DYNAMODB_TABLE must be 3 to 255 letters, digits, dots, hyphens, underscores",
    "AWS_REGION is missing",
  ]);
});
