import { readConfig } from "@platform-api/agentic-backend";
import { expect, test } from "vitest";
import { DEFAULTS, readStartConfig } from "./config.ts";
import {
  agenticBackendEnvironment,
  frontendConfig,
  platformEnvironment,
  tokenEnvironment,
  trustEnvironment,
} from "./environment.ts";

test("every service address follows the configured ports", () => {
  const moved = {
    ...DEFAULTS,
    PLATFORM_API_PORT: 5_000,
    AGENTIC_BACKEND_PORT: 5_001,
    FRONTEND_PORT: 5_002,
    IDENTITY_PROVIDER_PORT: 5_003,
    DYNAMODB_PORT: 5_005,
    DNS_PORT: 5_006,
    MAILBOX_SMTP_PORT: 5_008,
  };
  const origins = ["http://127.0.0.1:5002", "http://localhost:5002"];
  expect(platformEnvironment(moved)).toMatchObject({
    AUTH0_ISSUER: "http://127.0.0.1:5003/,http://localhost:5003/",
    CORS_ORIGINS: origins.join(","),
    SERVICE_CLIENTS: "agentic-backend=standing",
    SMTP_URL: "smtp://127.0.0.1:5008",
    FRONTEND_URL: "http://127.0.0.1:5002",
    DNS_RESOLVERS: "127.0.0.1:5006",
    AUTH0_MANAGEMENT_URL: "http://127.0.0.1:5003",
    AUTH0_APP_CLIENT_IDS: "platform-frontend,platform-cli,app-spa,app-web",
  });
  expect(readConfig(agenticBackendEnvironment(moved))).toMatchObject({
    PORT: 5_001,
    PLATFORM_URL: "http://127.0.0.1:5000",
    PLATFORM_TOKEN_URL: "http://127.0.0.1:5003/oauth/token",
    DYNAMODB_ENDPOINT: "http://127.0.0.1:5005",
    MCP_URL: "http://127.0.0.1:5001/mcp",
    MCP_ISSUER: "http://127.0.0.1:5003/",
    CORS_ORIGINS: origins,
  });
  const { PLATFORM_CLIENT_ID, PLATFORM_AUDIENCE } = agenticBackendEnvironment(moved);
  expect(platformEnvironment(moved)).toMatchObject({
    SERVICE_CLIENTS: `${PLATFORM_CLIENT_ID}=standing`,
    AUTH0_AUDIENCE: PLATFORM_AUDIENCE,
  });
  expect(tokenEnvironment(moved)).toEqual({
    PLATFORM_API_URL: "http://127.0.0.1:5000",
    IDENTITY_PROVIDER_URL: "http://127.0.0.1:5003/",
  });
  expect(frontendConfig(moved)).toMatchObject({
    issuer: "http://127.0.0.1:5003/",
    audience: platformEnvironment(moved).AUTH0_AUDIENCE,
    emailVerificationUrl: "http://127.0.0.1:5003/email-verification",
    supportUrl: expect.stringMatching(/^mailto:/),
    platformUrl: "http://127.0.0.1:5000",
    agenticBackendUrl: "http://127.0.0.1:5001",
  });
});

test("limits and proxies of platform-api can be set for the whole stack", () => {
  const config = readStartConfig({ TRUSTED_PROXY_HOPS: "1", MAX_EVENT_LOOP_DELAY_MS: "200", PORT: "1" });
  const given = { TRUSTED_PROXY_HOPS: "1", MAX_EVENT_LOOP_DELAY_MS: "200", PORT: "4000" };
  expect(platformEnvironment(config)).toMatchObject(given);
});

test("the origins of your own apps may call the services", () => {
  const config = readStartConfig({
    APP_ORIGINS: "http://localhost:5173/, https://app.example",
    FRONTEND_PORT: "5002",
  });
  const all = "http://127.0.0.1:5002,http://localhost:5002,http://localhost:5173,https://app.example";
  expect(platformEnvironment(config).CORS_ORIGINS).toBe(all);
  expect(agenticBackendEnvironment(config).CORS_ORIGINS).toBe(all);
});

test.for([
  "http://localhost:5173//",
  "localhost:5173",
  "http://localhost:5173/app",
  "*",
  "ftp://app.example",
])("APP_ORIGINS=%s is refused", (APP_ORIGINS) => {
  expect(() => readStartConfig({ APP_ORIGINS })).toThrow(
    "APP_ORIGINS must be origins such as http://localhost:5173, without a path",
  );
});

test("https is on demand, and platform-api then trusts the certificate", () => {
  expect(trustEnvironment(DEFAULTS)).toEqual({});
  const config = readStartConfig({ IDENTITY_PROVIDER_TLS: "1", DATA_FOLDER: "/data" });
  expect(platformEnvironment(config).AUTH0_ISSUER).toBe("https://127.0.0.1:4003/,https://localhost:4003/");
  expect(platformEnvironment(config).AUTH0_MANAGEMENT_URL).toBe("https://127.0.0.1:4003");
  expect(trustEnvironment(config)).toEqual({ NODE_EXTRA_CA_CERTS: "/data/identity-provider/ca.pem" });
  expect(frontendConfig(config).issuer).toBe("https://127.0.0.1:4003/");
  expect(() => readStartConfig({ IDENTITY_PROVIDER_TLS: "yes" })).toThrow(
    "IDENTITY_PROVIDER_TLS must be 1 or 0",
  );
});
