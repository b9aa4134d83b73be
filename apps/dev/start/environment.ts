import { API_AUDIENCE, CLAIM_NAMESPACE } from "../identity-provider/index.ts";
import type { StartConfig } from "./config.ts";

/** The service credential between platform-api and the stand-in of the user directory. */
export const SERVICE_TOKEN = "development-service-token";

export const HOST = "127.0.0.1";

/** The environment of platform-api in development: what `serve` and every other command reads. */
export function platformEnvironment(config: StartConfig): Record<string, string> {
  return {
    NODE_ENV: "development",
    HOST,
    PORT: String(config.PLATFORM_API_PORT),
    AUTH0_ISSUER: `http://${HOST}:${config.IDENTITY_PROVIDER_PORT}/`,
    AUTH0_AUDIENCE: API_AUDIENCE,
    AUTH0_CLAIM_NAMESPACE: CLAIM_NAMESPACE,
    CLJ_PG_WRAPPER_URL: `http://${HOST}:${config.USER_DIRECTORY_PORT}`,
    CLJ_PG_WRAPPER_TOKEN: SERVICE_TOKEN,
    DYNAMODB_TABLE: "platform-api",
    DYNAMODB_ENDPOINT: `http://${HOST}:${config.DYNAMODB_PORT}`,
    AWS_REGION: "eu-central-1",
    CORS_ORIGINS: `http://${HOST}:4002,http://localhost:4002`,
  };
}
