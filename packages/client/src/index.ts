export type { AppRouter, Reason } from "@platform-api/server/router";
export {
  createPlatformClient,
  type PlatformClient,
  type PlatformClientOptions,
  type TokenSupplier,
} from "./client.ts";
export { isPlatformError, type PlatformError, reasonOf } from "./platform-error.ts";
