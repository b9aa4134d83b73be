import type { FrontendConfig } from "./src/config.ts";

/** Where everything is when the stack runs on its default ports. */
export const DEVELOPMENT_CONFIG: FrontendConfig = {
  issuer: "http://127.0.0.1:4003/",
  clientId: "platform-frontend",
  audience: "https://platform-api.example",
  platformUrl: "http://127.0.0.1:4000",
  agenticBackendUrl: "http://127.0.0.1:4001",
};
