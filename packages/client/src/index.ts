export type { AppRouter, Reason } from "@platform-api/server/router";
export { canonicalEmail, canonicalUserId, isName, NAME_LENGTHS, type Named } from "@platform-api/server/wire";
export {
  createPlatformClient,
  type PlatformClient,
  type PlatformClientOptions,
} from "./client.ts";
export type { Accepted, PlatformPrincipal, PrincipalOf } from "./guards/principal.ts";
export type { GuardOptions, PlatformOrganization } from "./guards/request-guard.ts";
export {
  createTokenValidator,
  type OrganizationQuestion,
  type PlatformCheck,
  type PlatformIdentity,
  type Role,
  type TokenValidator,
  type TokenValidatorOptions,
  type Waiting,
} from "./guards/token-validator.ts";
export type { Member, Organization, Page } from "./organization.ts";
export {
  isOutage,
  isPlatformError,
  isRefusal,
  type PlatformError,
  reasonOf,
  retryAfterMs,
  type ServiceReason,
} from "./platform-error.ts";
export type { TokenSupplier } from "./token-supplier.ts";
