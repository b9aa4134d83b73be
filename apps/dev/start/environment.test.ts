import { readConfig } from "@platform-api/agentic-backend";
import { expect, test } from "vitest";
import { DEFAULTS } from "./config.ts";
import { agenticBackendEnvironment, frontendConfig, platformEnvironment } from "./environment.ts";

test("every service address follows the configured ports", () => {
  const moved = {
    ...DEFAULTS,
    PLATFORM_API_PORT: 5_000,
    AGENTIC_BACKEND_PORT: 5_001,
    FRONTEND_PORT: 5_002,
    IDENTITY_PROVIDER_PORT: 5_003,
    DYNAMODB_PORT: 5_005,
  };
  const origins = ["http://127.0.0.1:5002", "http://localhost:5002"];
  expect(platformEnvironment(moved)).toMatchObject({ CORS_ORIGINS: origins.join(",") });
  expect(readConfig(agenticBackendEnvironment(moved))).toMatchObject({
    PORT: 5_001,
    PLATFORM_URL: "http://127.0.0.1:5000",
    DYNAMODB_ENDPOINT: "http://127.0.0.1:5005",
    CORS_ORIGINS: origins,
  });
  expect(frontendConfig(moved)).toMatchObject({
    issuer: platformEnvironment(moved).AUTH0_ISSUER,
    audience: platformEnvironment(moved).AUTH0_AUDIENCE,
    platformUrl: "http://127.0.0.1:5000",
    agenticBackendUrl: "http://127.0.0.1:5001",
  });
});
