import { API_AUDIENCE, CLAIM_NAMESPACE, FRONTEND_CLIENT_ID } from "../identity-provider/index.ts";
import type { StartConfig } from "./config.ts";

/** The service credential of platform-api at the stand-in user directory. */
export const SERVICE_TOKEN = "development-service-token";

export const HOST = "127.0.0.1";

const REGION = "eu-central-1";

const at = (port: number) => `http://${HOST}:${port}`;

/** The origins under which browsers may open the frontend. */
export function frontendOrigins({ FRONTEND_PORT }: StartConfig): string[] {
  return [at(FRONTEND_PORT), `http://localhost:${FRONTEND_PORT}`];
}

/** The environment of platform-api in development, for `serve` and every other command. */
export function platformEnvironment(config: StartConfig): Record<string, string> {
  return {
    NODE_ENV: "development",
    HOST,
    PORT: String(config.PLATFORM_API_PORT),
    AUTH0_ISSUER: issuerOf(config),
    AUTH0_AUDIENCE: API_AUDIENCE,
    AUTH0_CLAIM_NAMESPACE: CLAIM_NAMESPACE,
    CLJ_PG_WRAPPER_URL: at(config.USER_DIRECTORY_PORT),
    CLJ_PG_WRAPPER_TOKEN: SERVICE_TOKEN,
    DYNAMODB_TABLE: "platform-api",
    DYNAMODB_ENDPOINT: at(config.DYNAMODB_PORT),
    AWS_REGION: REGION,
    CORS_ORIGINS: frontendOrigins(config).join(","),
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
    CORS_ORIGINS: frontendOrigins(config).join(","),
  };
}

/** The frontend's configuration. */
export function frontendConfig(config: StartConfig) {
  return {
    issuer: issuerOf(config),
    clientId: FRONTEND_CLIENT_ID,
    audience: API_AUDIENCE,
    platformUrl: at(config.PLATFORM_API_PORT),
    agenticBackendUrl: at(config.AGENTIC_BACKEND_PORT),
  };
}

function issuerOf({ IDENTITY_PROVIDER_PORT }: StartConfig): string {
  return `${at(IDENTITY_PROVIDER_PORT)}/`;
}
