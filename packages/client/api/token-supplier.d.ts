import { BuiltRouter, DecorateCreateRouterOptions, MutationProcedure, QueryProcedure, TRPC_ERROR_CODE_NUMBER } from "./trpc.js";
interface Context {}
declare const appRouter: BuiltRouter<{
  ctx: Context;
  meta: object;
  errorShape: {
    code: TRPC_ERROR_CODE_NUMBER;
    message: string;
    data: {
      code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
      httpStatus: number;
      reason: "CREDENTIALS_CONFLICT" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
      path?: string;
    };
  };
  transformer: false;
}, DecorateCreateRouterOptions<{
  auth: BuiltRouter<{
    ctx: Context;
    meta: object;
    errorShape: {
      code: TRPC_ERROR_CODE_NUMBER;
      message: string;
      data: {
        code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
        httpStatus: number;
        reason: "CREDENTIALS_CONFLICT" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
        path?: string;
      };
    };
    transformer: false;
  }, DecorateCreateRouterOptions<{
    validate: QueryProcedure<{
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
        code: TRPC_ERROR_CODE_NUMBER;
        message: string;
        data: {
          code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
          httpStatus: number;
          reason: "CREDENTIALS_CONFLICT" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
          path?: string;
        };
      };
    }>;
    check: QueryProcedure<{
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
        code: TRPC_ERROR_CODE_NUMBER;
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
  discover: BuiltRouter<{
    ctx: Context;
    meta: object;
    errorShape: {
      code: TRPC_ERROR_CODE_NUMBER;
      message: string;
      data: {
        code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
        httpStatus: number;
        reason: "CREDENTIALS_CONFLICT" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
        path?: string;
      };
    };
    transformer: false;
  }, DecorateCreateRouterOptions<{
    byEmail: MutationProcedure<{
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
        code: TRPC_ERROR_CODE_NUMBER;
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
  org: BuiltRouter<{
    ctx: Context;
    meta: object;
    errorShape: {
      code: TRPC_ERROR_CODE_NUMBER;
      message: string;
      data: {
        code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
        httpStatus: number;
        reason: "CREDENTIALS_CONFLICT" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
        path?: string;
      };
    };
    transformer: false;
  }, DecorateCreateRouterOptions<{
    me: QueryProcedure<{
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
        code: TRPC_ERROR_CODE_NUMBER;
        message: string;
        data: {
          code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
          httpStatus: number;
          reason: "CREDENTIALS_CONFLICT" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
          path?: string;
        };
      };
    }>;
    join: MutationProcedure<{
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
        code: TRPC_ERROR_CODE_NUMBER;
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
/** A user's access token, or a function that returns it, called once per operation. Null sends none, as for `discover`. */
export type TokenSupplier = string | (() => string | null | undefined | Promise<string | null | undefined>);
export {};