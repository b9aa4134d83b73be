import { join, resolve } from "node:path";
import {
  AGENTIC_BACKEND_CLIENT,
  API_AUDIENCE,
  CA_FILE,
  CLAIM_NAMESPACE,
  CLI_CLIENT,
  EMAIL_VERIFICATION_PATH,
  FRONTEND_CLIENT_ID,
  managementEnvironment,
} from "../identity-provider/index.ts";
import type { StartConfig } from "./config.ts";

/** The service credential of platform-api at the stand-in user directory. */
export const SERVICE_TOKEN = "development-service-token";

export const HOST = "127.0.0.1";

const REGION = "eu-central-1";

/** The address of a service of the stack. */
export const at = (port: number) => `http://${HOST}:${port}`;

/** The origins under which browsers may open the frontend. */
export function frontendOrigins({ FRONTEND_PORT }: StartConfig): string[] {
  return [at(FRONTEND_PORT), `http://localhost:${FRONTEND_PORT}`];
}

/** The origins whose pages may call platform-api and agentic-backend. */
function corsOrigins(config: StartConfig): string {
  return [...new Set([...frontendOrigins(config), ...config.APP_ORIGINS])].join(",");
}

/** The mail server of platform-api and of the identity provider. */
export function smtpUrl({ MAILBOX_SMTP_PORT }: StartConfig): string {
  return `smtp://${HOST}:${MAILBOX_SMTP_PORT}`;
}

/** The folder of the identity provider. */
export function identityProviderFolder({ DATA_FOLDER }: StartConfig): string {
  return join(resolve(DATA_FOLDER), "identity-provider");
}

/**
 * What a process needs to trust the identity provider: nothing over http. Node reads it before `--env-file`, so that
 * it has to be in the environment itself.
 */
export function trustEnvironment(config: StartConfig): Record<string, string> {
  if (!config.IDENTITY_PROVIDER_TLS) return {};
  return { NODE_EXTRA_CA_CERTS: join(identityProviderFolder(config), CA_FILE) };
}

/** The environment of platform-api in development, for `serve` and every other command. */
export function platformEnvironment(config: StartConfig): Record<string, string> {
  return {
    NODE_ENV: "development",
    HOST,
    PORT: String(config.PLATFORM_API_PORT),
    AUTH0_ISSUER: [issuerOf(config), issuerOf(config, "localhost")].join(","),
    AUTH0_AUDIENCE: API_AUDIENCE,
    AUTH0_CLAIM_NAMESPACE: CLAIM_NAMESPACE,
    CLJ_PG_WRAPPER_URL: at(config.USER_DIRECTORY_PORT),
    CLJ_PG_WRAPPER_TOKEN: SERVICE_TOKEN,
    DYNAMODB_TABLE: "platform-api",
    DYNAMODB_ENDPOINT: at(config.DYNAMODB_PORT),
    AWS_REGION: REGION,
    ADMIN_CLIENT_IDS: [FRONTEND_CLIENT_ID, CLI_CLIENT.clientId].join(","),
    SERVICE_CLIENTS: `${AGENTIC_BACKEND_CLIENT.clientId}=standing`,
    CORS_ORIGINS: corsOrigins(config),
    SMTP_URL: smtpUrl(config),
    MAIL_FROM: "Platform <no-reply@platform.example>",
    FRONTEND_URL: at(config.FRONTEND_PORT),
    DNS_RESOLVERS: `${HOST}:${config.DNS_PORT}`,
    ...managementEnvironment(issuerOf(config)),
    MAX_EVENT_LOOP_DELAY_MS: "0", // a developer's machine may be busy with other work
    ...config.passedOn,
  };
}

/** The environment of agentic-backend. */
export function agenticBackendEnvironment(config: StartConfig): Record<string, string> {
  return {
    HOST,
    PORT: String(config.AGENTIC_BACKEND_PORT),
    PLATFORM_URL: at(config.PLATFORM_API_PORT),
    RUNS_TABLE: "agentic-runs",
    DYNAMODB_ENDPOINT: at(config.DYNAMODB_PORT),
    AWS_REGION: REGION,
    CORS_ORIGINS: corsOrigins(config),
    PLATFORM_CLIENT_ID: AGENTIC_BACKEND_CLIENT.clientId,
    PLATFORM_CLIENT_SECRET: AGENTIC_BACKEND_CLIENT.clientSecret,
    PLATFORM_TOKEN_URL: `${issuerOf(config)}oauth/token`,
    PLATFORM_AUDIENCE: API_AUDIENCE,
    MCP_URL: `${at(config.AGENTIC_BACKEND_PORT)}/mcp`,
    MCP_ISSUER: issuerOf(config),
    STEP_MS: "3000", // time to watch a run, to cancel it, and to remove its user
    FAILING_STEPS: "1",
  };
}

/** Where `./platform token` finds the stack. */
export function tokenEnvironment(config: StartConfig) {
  return { PLATFORM_API_URL: at(config.PLATFORM_API_PORT), IDENTITY_PROVIDER_URL: issuerOf(config) };
}

/** The frontend's configuration. */
export function frontendConfig(config: StartConfig) {
  return {
    issuer: issuerOf(config),
    clientId: FRONTEND_CLIENT_ID,
    audience: API_AUDIENCE,
    platformUrl: at(config.PLATFORM_API_PORT),
    agenticBackendUrl: at(config.AGENTIC_BACKEND_PORT),
    emailVerificationUrl: `${issuerOf(config)}${EMAIL_VERIFICATION_PATH}`,
    supportUrl: "mailto:support@platform.example",
  };
}

/** The issuer in the tokens of those who come to this host, with its trailing slash. */
export function issuerOf(
  { IDENTITY_PROVIDER_PORT, IDENTITY_PROVIDER_TLS }: StartConfig,
  host: typeof HOST | "localhost" = HOST,
): string {
  return `${IDENTITY_PROVIDER_TLS ? "https" : "http"}://${host}:${IDENTITY_PROVIDER_PORT}/`;
}
