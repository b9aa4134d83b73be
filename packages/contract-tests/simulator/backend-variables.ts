import { AGENTIC_BACKEND_CLIENT, API_AUDIENCE } from "@platform-api/dev/identity-provider";

/** What agentic-backend needs to ask platform-api, with its account at the development identity provider. */
export const backendVariables = (platformUrl: string, issuer = "http://127.0.0.1:9/") => ({
  PLATFORM_URL: platformUrl,
  PLATFORM_CLIENT_ID: AGENTIC_BACKEND_CLIENT.clientId,
  PLATFORM_CLIENT_SECRET: AGENTIC_BACKEND_CLIENT.clientSecret,
  PLATFORM_TOKEN_URL: `${issuer}oauth/token`,
  PLATFORM_AUDIENCE: API_AUDIENCE,
});
