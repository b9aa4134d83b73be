import { TRPCClient } from "@trpc/client";
interface Context {}
declare const appRouter: import("@trpc/server").TRPCBuiltRouter<{
  ctx: Context;
  meta: object;
  errorShape: {
    code: import("@trpc/server").TRPC_ERROR_CODE_NUMBER;
    message: string;
    data: {
      code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
      httpStatus: number;
      reason: "CREDENTIALS_CONFLICT" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
      path?: string;
    };
  };
  transformer: false;
}, import("@trpc/server").TRPCDecorateCreateRouterOptions<{
  auth: import("@trpc/server").TRPCBuiltRouter<{
    ctx: Context;
    meta: object;
    errorShape: {
      code: import("@trpc/server").TRPC_ERROR_CODE_NUMBER;
      message: string;
      data: {
        code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
        httpStatus: number;
        reason: "CREDENTIALS_CONFLICT" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
        path?: string;
      };
    };
    transformer: false;
  }, import("@trpc/server").TRPCDecorateCreateRouterOptions<{
    validate: import("@trpc/server").TRPCQueryProcedure<{
      input: void;
      output: {
        userId: string;
        email: string | null;
        source: "auth0" | "platform" | "test";
        organizationId: string | null;
        expiresAt: string;
      };
      meta: object;
      errorShape: {
        code: import("@trpc/server").TRPC_ERROR_CODE_NUMBER;
        message: string;
        data: {
          code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
          httpStatus: number;
          reason: "CREDENTIALS_CONFLICT" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
          path?: string;
        };
      };
    }>;
    check: import("@trpc/server").TRPCQueryProcedure<{
      input: {
        organizationId: string;
        role?: "admin" | "member" | "owner" | undefined;
      };
      output: {
        allowed: boolean;
        role: "admin" | "member" | "owner" | null;
      };
      meta: object;
      errorShape: {
        code: import("@trpc/server").TRPC_ERROR_CODE_NUMBER;
        message: string;
        data: {
          code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
          httpStatus: number;
          reason: "CREDENTIALS_CONFLICT" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
          path?: string;
        };
      };
    }>;
  }>>;
  discover: import("@trpc/server").TRPCBuiltRouter<{
    ctx: Context;
    meta: object;
    errorShape: {
      code: import("@trpc/server").TRPC_ERROR_CODE_NUMBER;
      message: string;
      data: {
        code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
        httpStatus: number;
        reason: "CREDENTIALS_CONFLICT" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
        path?: string;
      };
    };
    transformer: false;
  }, import("@trpc/server").TRPCDecorateCreateRouterOptions<{
    byEmail: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        email: string;
      };
      output: {
        method: "password";
      } | {
        method: "sso";
        passwordAllowed: boolean;
        options: {
          connection: string;
          displayName: string;
          authorize: {
            connection: string;
            organization?: string | undefined;
            login_hint: string;
          };
        }[];
      };
      meta: object;
      errorShape: {
        code: import("@trpc/server").TRPC_ERROR_CODE_NUMBER;
        message: string;
        data: {
          code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
          httpStatus: number;
          reason: "CREDENTIALS_CONFLICT" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
          path?: string;
        };
      };
    }>;
  }>>;
  org: import("@trpc/server").TRPCBuiltRouter<{
    ctx: Context;
    meta: object;
    errorShape: {
      code: import("@trpc/server").TRPC_ERROR_CODE_NUMBER;
      message: string;
      data: {
        code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
        httpStatus: number;
        reason: "CREDENTIALS_CONFLICT" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
        path?: string;
      };
    };
    transformer: false;
  }, import("@trpc/server").TRPCDecorateCreateRouterOptions<{
    me: import("@trpc/server").TRPCQueryProcedure<{
      input: void;
      output: {
        user: {
          userId: string;
          email: string | null;
        };
        organizations: {
          id: string;
          name: string;
          role: "admin" | "member" | "owner";
          ssoRequired: boolean;
        }[];
        activeOrganizationId: string | null;
        joinable: {
          id: string;
          name: string;
        }[];
      };
      meta: object;
      errorShape: {
        code: import("@trpc/server").TRPC_ERROR_CODE_NUMBER;
        message: string;
        data: {
          code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
          httpStatus: number;
          reason: "CREDENTIALS_CONFLICT" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
          path?: string;
        };
      };
    }>;
    join: import("@trpc/server").TRPCMutationProcedure<{
      input: {
        organizationId: string;
      };
      output: {
        organizationId: string;
        userId: string;
        role: "admin" | "member" | "owner";
        status: "active";
      };
      meta: object;
      errorShape: {
        code: import("@trpc/server").TRPC_ERROR_CODE_NUMBER;
        message: string;
        data: {
          code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
          httpStatus: number;
          reason: "CREDENTIALS_CONFLICT" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
          path?: string;
        };
      };
    }>;
  }>>;
}>>;
export type AppRouter = typeof appRouter;
/** A user's access token, or a function that gets it, called once per operation; null sends none, as for `discover`. */
export type TokenSupplier = string | (() => string | null | undefined | Promise<string | null | undefined>);
export interface PlatformClientOptions {
  /** The server's base address; `/trpc` is added. */
  readonly url: string;
  readonly token?: TokenSupplier | undefined;
  /** Browsers send `authorization` (`Bearer …`), services that forward a user's token send `x-user-token`. */
  readonly tokenHeader?: "authorization" | "x-user-token";
  /** How long one attempt may take, getting the token included, in milliseconds; the server answers within 3 s. */
  readonly timeoutMs?: number;
  /** How often a query is tried again after an outage, at most 10; a mutation never is. */
  readonly retries?: number;
  readonly fetch?: typeof fetch;
}
export type PlatformClient = TRPCClient<AppRouter>;
/**
 * The typed client of platform-api. Calls are never batched: a batch has one set of headers, and in a service
 * two calls made at the same time may be for two people. There one client serves them all: `context.token` of a
 * call wins over `token`.
 * @throws {TypeError} when `url` is no http(s) address, or has `/trpc` already
 * @throws {RangeError} naming the number that is out of bounds
 */
export declare function createPlatformClient(options: PlatformClientOptions): PlatformClient;
export {};