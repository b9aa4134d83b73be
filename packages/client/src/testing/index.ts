export {
  type PlatformHandlers,
  type PlatformHandlersOptions,
  platformHandlers,
} from "./platform-handlers.ts";
export type { Procedure, ProcedureOutput } from "./procedures.ts";
export type { TestOrganization, TestService, TestUser } from "./scenario.ts";
export type { RefusalOptions, Scope } from "./switches.ts";
export type { TestTokenOptions } from "./tokens.ts";
