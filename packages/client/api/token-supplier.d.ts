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
      reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
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
        reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
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
        clientId: string | null;
        actor: {
          clientId: string | null;
          userId: string | null;
        } | null;
        organizationId: string | null;
        loginId: string | null;
        issuedAt: string;
        expiresAt: string;
      };
      meta: object;
      errorShape: {
        code: TRPC_ERROR_CODE_NUMBER;
        message: string;
        data: {
          code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
          httpStatus: number;
          reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
          path?: string;
        };
      };
    }>;
    principal: QueryProcedure<{
      input: void;
      output: {
        kind: "user";
        userId: string;
        organizationId: string | null;
        clientId: string | null;
        actor: {
          clientId: string | null;
          userId: string | null;
        } | null;
      } | {
        kind: "service";
        clientId: string;
        permissions: ("audit" | "introspect" | "standing")[];
      };
      meta: object;
      errorShape: {
        code: TRPC_ERROR_CODE_NUMBER;
        message: string;
        data: {
          code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
          httpStatus: number;
          reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
          path?: string;
        };
      };
    }>;
    link: QueryProcedure<{
      input: void;
      output: {
        rule: "claim" | "operator" | "report-mode" | "verified-domain" | "verified-email";
        connection: string;
        linkedAt: string;
      };
      meta: object;
      errorShape: {
        code: TRPC_ERROR_CODE_NUMBER;
        message: string;
        data: {
          code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
          httpStatus: number;
          reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
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
        actor: {
          clientId: string | null;
          userId: string | null;
        } | null;
      };
      meta: object;
      errorShape: {
        code: TRPC_ERROR_CODE_NUMBER;
        message: string;
        data: {
          code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
          httpStatus: number;
          reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
          path?: string;
        };
      };
    }>;
    standings: QueryProcedure<{
      input: {
        of: {
          userId: string;
          organizationId: string;
          role?: "admin" | "member" | "owner" | undefined;
          since: string;
          loginId?: string | null | undefined;
        }[];
      };
      output: ({
        standing: "active";
        role: "admin" | "member" | "owner";
      } | {
        standing: "ended";
        reason: "IDENTITY_BLOCKED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "TOKEN_REVOKED";
      })[];
      meta: object;
      errorShape: {
        code: TRPC_ERROR_CODE_NUMBER;
        message: string;
        data: {
          code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
          httpStatus: number;
          reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
          path?: string;
        };
      };
    }>;
    signOutEverywhere: MutationProcedure<{
      input: void;
      output: {
        notBefore: string;
        sessions: "ended" | "remaining" | "unknown";
      };
      meta: object;
      errorShape: {
        code: TRPC_ERROR_CODE_NUMBER;
        message: string;
        data: {
          code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
          httpStatus: number;
          reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
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
        reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
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
          reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
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
        reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
        path?: string;
      };
    };
    transformer: false;
  }, DecorateCreateRouterOptions<{
    audit: BuiltRouter<{
      ctx: Context;
      meta: object;
      errorShape: {
        code: TRPC_ERROR_CODE_NUMBER;
        message: string;
        data: {
          code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
          httpStatus: number;
          reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
          path?: string;
        };
      };
      transformer: false;
    }, DecorateCreateRouterOptions<{
      list: QueryProcedure<{
        input: {
          cursor?: string | undefined;
          limit?: number | undefined;
          organizationId: string;
          since?: string | undefined;
          until?: string | undefined;
          actor?: string | undefined;
          person?: string | undefined;
          action?: "closing-called-off" | "closing-requested" | "connection-begun" | "connection-disabled" | "connection-enabled" | "connection-removed" | "connection-tested" | "connection-updated" | "domain-claimed" | "domain-lapsed" | "domain-missing" | "domain-released" | "domain-verified" | "identity-allowed" | "identity-blocked" | "identity-conflict" | "identity-erased" | "identity-linked" | "identity-relinked" | "identity-session-ended" | "identity-signed-out" | "identity-unblocked" | "identity-unlinked" | "invitation-accepted" | "invitation-declined" | "invitation-resent" | "invitation-revoked" | "invitation-sent" | "invitation-voided" | "membership-created" | "membership-left" | "membership-removed" | "membership-restored" | "organization-applied" | "organization-closed" | "organization-created" | "organization-reopened" | "organization-updated" | "relink-window-closed" | "relink-window-opened" | "role-changed" | "seat-taken-over" | undefined;
          order?: "newest" | "oldest" | undefined;
        };
        output: {
          items: {
            id: string;
            at: string;
            actor: string;
            via: string | null;
            action: "closing-called-off" | "closing-requested" | "connection-begun" | "connection-disabled" | "connection-enabled" | "connection-removed" | "connection-tested" | "connection-updated" | "domain-claimed" | "domain-lapsed" | "domain-missing" | "domain-released" | "domain-verified" | "identity-allowed" | "identity-blocked" | "identity-conflict" | "identity-erased" | "identity-linked" | "identity-relinked" | "identity-session-ended" | "identity-signed-out" | "identity-unblocked" | "identity-unlinked" | "invitation-accepted" | "invitation-declined" | "invitation-resent" | "invitation-revoked" | "invitation-sent" | "invitation-voided" | "membership-created" | "membership-left" | "membership-removed" | "membership-restored" | "organization-applied" | "organization-closed" | "organization-created" | "organization-reopened" | "organization-updated" | "relink-window-closed" | "relink-window-opened" | "role-changed" | "seat-taken-over";
            userId: string | null;
            connection: string | null;
            domain: string | null;
            rule: "claim" | "erased" | "foreign-organization" | "import" | "invitation" | "jit" | "join" | "merger" | "moved-connection" | "operator" | "report-mode" | "seat" | "signed-user-id" | "verified-domain" | "verified-email" | null;
            invitationId: string | null;
            batchId: string | null;
            before: Partial<Record<"auth0OrgId" | "closesAt" | "defaultRole" | "displayName" | "enforceSso" | "jit" | "name" | "role" | "state" | "status" | "strategy", string | number | boolean | null>> | null;
            after: Partial<Record<"auth0OrgId" | "closesAt" | "defaultRole" | "displayName" | "enforceSso" | "jit" | "name" | "role" | "state" | "status" | "strategy", string | number | boolean | null>> | null;
          }[];
          nextCursor: string | null;
        };
        meta: object;
        errorShape: {
          code: TRPC_ERROR_CODE_NUMBER;
          message: string;
          data: {
            code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
            httpStatus: number;
            reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
            path?: string;
          };
        };
      }>;
    }>>;
    connections: BuiltRouter<{
      ctx: Context;
      meta: object;
      errorShape: {
        code: TRPC_ERROR_CODE_NUMBER;
        message: string;
        data: {
          code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
          httpStatus: number;
          reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
          path?: string;
        };
      };
      transformer: false;
    }, DecorateCreateRouterOptions<{
      list: QueryProcedure<{
        input: {
          organizationId: string;
        };
        output: {
          name: string;
          strategy: string | null;
          displayName: string;
          state: "disabled" | "enabled" | "pending";
          waitingFor: "clients" | "commonEndpoint" | "connection" | "organization" | "strategy" | null;
          testedAt: string | null;
          origin: "operator" | "self-service";
        }[];
        meta: object;
        errorShape: {
          code: TRPC_ERROR_CODE_NUMBER;
          message: string;
          data: {
            code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
            httpStatus: number;
            reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
            path?: string;
          };
        };
      }>;
      begin: MutationProcedure<{
        input: {
          organizationId: string;
          displayName: string;
        };
        output: {
          name: string;
          strategy: string | null;
          displayName: string;
          state: "disabled" | "enabled" | "pending";
          waitingFor: "clients" | "commonEndpoint" | "connection" | "organization" | "strategy" | null;
          testedAt: string | null;
          origin: "operator" | "self-service";
          setupUrl: string;
          setupExpiresAt: string;
        };
        meta: object;
        errorShape: {
          code: TRPC_ERROR_CODE_NUMBER;
          message: string;
          data: {
            code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
            httpStatus: number;
            reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
            path?: string;
          };
        };
      }>;
      get: QueryProcedure<{
        input: {
          organizationId: string;
          name: string;
        };
        output: {
          name: string;
          strategy: string | null;
          displayName: string;
          state: "disabled" | "enabled" | "pending";
          waitingFor: "clients" | "commonEndpoint" | "connection" | "organization" | "strategy" | null;
          testedAt: string | null;
          origin: "operator" | "self-service";
        };
        meta: object;
        errorShape: {
          code: TRPC_ERROR_CODE_NUMBER;
          message: string;
          data: {
            code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
            httpStatus: number;
            reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
            path?: string;
          };
        };
      }>;
      update: MutationProcedure<{
        input: {
          organizationId: string;
          name: string;
          displayName?: string | undefined;
          enabled?: boolean | undefined;
        };
        output: {
          name: string;
          strategy: string | null;
          displayName: string;
          state: "disabled" | "enabled" | "pending";
          waitingFor: "clients" | "commonEndpoint" | "connection" | "organization" | "strategy" | null;
          testedAt: string | null;
          origin: "operator" | "self-service";
        };
        meta: object;
        errorShape: {
          code: TRPC_ERROR_CODE_NUMBER;
          message: string;
          data: {
            code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
            httpStatus: number;
            reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
            path?: string;
          };
        };
      }>;
      test: MutationProcedure<{
        input: {
          organizationId: string;
          name: string;
          token: string;
        };
        output: {
          passed: boolean;
          steps: {
            rule: string;
            ok: boolean;
            saw: string;
            fix: string;
          }[];
        };
        meta: object;
        errorShape: {
          code: TRPC_ERROR_CODE_NUMBER;
          message: string;
          data: {
            code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
            httpStatus: number;
            reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
            path?: string;
          };
        };
      }>;
      remove: MutationProcedure<{
        input: {
          organizationId: string;
          name: string;
        };
        output: Record<string, never>;
        meta: object;
        errorShape: {
          code: TRPC_ERROR_CODE_NUMBER;
          message: string;
          data: {
            code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
            httpStatus: number;
            reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
            path?: string;
          };
        };
      }>;
    }>>;
    domains: BuiltRouter<{
      ctx: Context;
      meta: object;
      errorShape: {
        code: TRPC_ERROR_CODE_NUMBER;
        message: string;
        data: {
          code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
          httpStatus: number;
          reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
          path?: string;
        };
      };
      transformer: false;
    }, DecorateCreateRouterOptions<{
      list: QueryProcedure<{
        input: {
          organizationId: string;
        };
        output: {
          domain: string;
          state: "lapsed" | "missing" | "pending" | "verified";
          verifiedBy: "dns" | "operator" | null;
          record: {
            type: "TXT";
            host: string;
            name: string;
            value: string;
          } | null;
          found: {
            kind: "atApex" | "doubledDomain" | "nothing" | "oneResolver" | "unreachable" | "wrongValue";
            values: string[];
            seenBy: number;
            resolvers: number;
          } | null;
          checkedAt: string | null;
          lapsesAt: string | null;
        }[];
        meta: object;
        errorShape: {
          code: TRPC_ERROR_CODE_NUMBER;
          message: string;
          data: {
            code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
            httpStatus: number;
            reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
            path?: string;
          };
        };
      }>;
      claim: MutationProcedure<{
        input: {
          organizationId: string;
          domain: string;
        };
        output: {
          domain: string;
          state: "lapsed" | "missing" | "pending" | "verified";
          verifiedBy: "dns" | "operator" | null;
          record: {
            type: "TXT";
            host: string;
            name: string;
            value: string;
          } | null;
          found: {
            kind: "atApex" | "doubledDomain" | "nothing" | "oneResolver" | "unreachable" | "wrongValue";
            values: string[];
            seenBy: number;
            resolvers: number;
          } | null;
          checkedAt: string | null;
          lapsesAt: string | null;
        };
        meta: object;
        errorShape: {
          code: TRPC_ERROR_CODE_NUMBER;
          message: string;
          data: {
            code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
            httpStatus: number;
            reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
            path?: string;
          };
        };
      }>;
      check: MutationProcedure<{
        input: {
          organizationId: string;
          domain: string;
        };
        output: {
          domain: string;
          state: "lapsed" | "missing" | "pending" | "verified";
          verifiedBy: "dns" | "operator" | null;
          record: {
            type: "TXT";
            host: string;
            name: string;
            value: string;
          } | null;
          found: {
            kind: "atApex" | "doubledDomain" | "nothing" | "oneResolver" | "unreachable" | "wrongValue";
            values: string[];
            seenBy: number;
            resolvers: number;
          } | null;
          checkedAt: string | null;
          lapsesAt: string | null;
        };
        meta: object;
        errorShape: {
          code: TRPC_ERROR_CODE_NUMBER;
          message: string;
          data: {
            code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
            httpStatus: number;
            reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
            path?: string;
          };
        };
      }>;
      release: MutationProcedure<{
        input: {
          organizationId: string;
          domain: string;
        };
        output: Record<string, never>;
        meta: object;
        errorShape: {
          code: TRPC_ERROR_CODE_NUMBER;
          message: string;
          data: {
            code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
            httpStatus: number;
            reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
            path?: string;
          };
        };
      }>;
    }>>;
    invitations: BuiltRouter<{
      ctx: Context;
      meta: object;
      errorShape: {
        code: TRPC_ERROR_CODE_NUMBER;
        message: string;
        data: {
          code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
          httpStatus: number;
          reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
          path?: string;
        };
      };
      transformer: false;
    }, DecorateCreateRouterOptions<{
      list: QueryProcedure<{
        input: {
          cursor?: string | undefined;
          limit?: number | undefined;
          organizationId: string;
          state?: "accepted" | "declined" | "expired" | "open" | "revoked" | "void" | undefined;
        };
        output: {
          items: {
            invitationId: string;
            email: string;
            role: "admin" | "member" | "owner";
            state: "accepted" | "declined" | "expired" | "open" | "revoked" | "void";
            mail: "failed" | "none" | "sending" | "sent";
            outside: boolean;
            invitedBy: string | null;
            createdAt: string;
            expiresAt: string;
          }[];
          nextCursor: string | null;
        };
        meta: object;
        errorShape: {
          code: TRPC_ERROR_CODE_NUMBER;
          message: string;
          data: {
            code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
            httpStatus: number;
            reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
            path?: string;
          };
        };
      }>;
      create: MutationProcedure<{
        input: {
          organizationId: string;
          emails: string[];
          role: "admin" | "member" | "owner";
        };
        output: {
          email: string;
          outcome: "already-member" | "invalid" | "invited" | "removed" | "renewed";
        }[];
        meta: object;
        errorShape: {
          code: TRPC_ERROR_CODE_NUMBER;
          message: string;
          data: {
            code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
            httpStatus: number;
            reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
            path?: string;
          };
        };
      }>;
      resend: MutationProcedure<{
        input: {
          organizationId: string;
          email: string;
        };
        output: {
          invitationId: string;
          email: string;
          role: "admin" | "member" | "owner";
          state: "accepted" | "declined" | "expired" | "open" | "revoked" | "void";
          mail: "failed" | "none" | "sending" | "sent";
          outside: boolean;
          invitedBy: string | null;
          createdAt: string;
          expiresAt: string;
        };
        meta: object;
        errorShape: {
          code: TRPC_ERROR_CODE_NUMBER;
          message: string;
          data: {
            code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
            httpStatus: number;
            reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
            path?: string;
          };
        };
      }>;
      revoke: MutationProcedure<{
        input: {
          organizationId: string;
          email: string;
        };
        output: {
          invitationId: string;
          email: string;
          role: "admin" | "member" | "owner";
          state: "accepted" | "declined" | "expired" | "open" | "revoked" | "void";
          mail: "failed" | "none" | "sending" | "sent";
          outside: boolean;
          invitedBy: string | null;
          createdAt: string;
          expiresAt: string;
        };
        meta: object;
        errorShape: {
          code: TRPC_ERROR_CODE_NUMBER;
          message: string;
          data: {
            code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
            httpStatus: number;
            reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
            path?: string;
          };
        };
      }>;
      changeMany: MutationProcedure<{
        input: {
          organizationId: string;
          emails: string[];
          change: "resend" | "revoke";
        };
        output: {
          outcome: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED" | "changed" | "not-reached" | "unchanged";
          hint: string | null;
          email: string;
          invitation: {
            invitationId: string;
            email: string;
            role: "admin" | "member" | "owner";
            state: "accepted" | "declined" | "expired" | "open" | "revoked" | "void";
            mail: "failed" | "none" | "sending" | "sent";
            outside: boolean;
            invitedBy: string | null;
            createdAt: string;
            expiresAt: string;
          } | null;
        }[];
        meta: object;
        errorShape: {
          code: TRPC_ERROR_CODE_NUMBER;
          message: string;
          data: {
            code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
            httpStatus: number;
            reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
            path?: string;
          };
        };
      }>;
      accept: MutationProcedure<{
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
            reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
            path?: string;
          };
        };
      }>;
      decline: MutationProcedure<{
        input: {
          organizationId: string;
        };
        output: Record<string, never>;
        meta: object;
        errorShape: {
          code: TRPC_ERROR_CODE_NUMBER;
          message: string;
          data: {
            code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
            httpStatus: number;
            reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
            path?: string;
          };
        };
      }>;
    }>>;
    members: BuiltRouter<{
      ctx: Context;
      meta: object;
      errorShape: {
        code: TRPC_ERROR_CODE_NUMBER;
        message: string;
        data: {
          code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
          httpStatus: number;
          reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
          path?: string;
        };
      };
      transformer: false;
    }, DecorateCreateRouterOptions<{
      list: QueryProcedure<{
        input: {
          cursor?: string | undefined;
          limit?: number | undefined;
          organizationId: string;
          query?: string | undefined;
          sort?: "joined" | "name" | "role" | undefined;
          role?: "admin" | "member" | "owner" | undefined;
          status?: "active" | "removed" | undefined;
        };
        output: {
          items: {
            userId: string;
            email: string | null;
            name: string | null;
            role: "admin" | "member" | "owner";
            status: "active" | "removed";
            origin: "import" | "invitation" | "jit" | "join";
            outside: boolean;
            invitedBy: string | null;
            joinedAt: string;
            removedAt: string | null;
            removedBy: string | null;
          }[];
          nextCursor: string | null;
          total: {
            count: number;
            isExact: boolean;
          } | null;
          you: {
            userId: string;
            email: string | null;
            name: string | null;
            role: "admin" | "member" | "owner";
            status: "active" | "removed";
            origin: "import" | "invitation" | "jit" | "join";
            outside: boolean;
            invitedBy: string | null;
            joinedAt: string;
            removedAt: string | null;
            removedBy: string | null;
          } | null;
        };
        meta: object;
        errorShape: {
          code: TRPC_ERROR_CODE_NUMBER;
          message: string;
          data: {
            code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
            httpStatus: number;
            reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
            path?: string;
          };
        };
      }>;
      lookup: QueryProcedure<{
        input: {
          organizationId: string;
          userIds: string[];
        };
        output: {
          userId: string;
          email: string | null;
          name: string | null;
          role: "admin" | "member" | "owner";
          status: "active" | "removed";
        }[];
        meta: object;
        errorShape: {
          code: TRPC_ERROR_CODE_NUMBER;
          message: string;
          data: {
            code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
            httpStatus: number;
            reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
            path?: string;
          };
        };
      }>;
      setRole: MutationProcedure<{
        input: {
          organizationId: string;
          userId: string;
          role: "admin" | "member" | "owner";
          expectedRole?: "admin" | "member" | "owner" | undefined;
        };
        output: {
          userId: string;
          email: string | null;
          name: string | null;
          role: "admin" | "member" | "owner";
          status: "active" | "removed";
          origin: "import" | "invitation" | "jit" | "join";
          outside: boolean;
          invitedBy: string | null;
          joinedAt: string;
          removedAt: string | null;
          removedBy: string | null;
        };
        meta: object;
        errorShape: {
          code: TRPC_ERROR_CODE_NUMBER;
          message: string;
          data: {
            code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
            httpStatus: number;
            reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
            path?: string;
          };
        };
      }>;
      remove: MutationProcedure<{
        input: {
          organizationId: string;
          userId: string;
        };
        output: {
          userId: string;
          email: string | null;
          name: string | null;
          role: "admin" | "member" | "owner";
          status: "active" | "removed";
          origin: "import" | "invitation" | "jit" | "join";
          outside: boolean;
          invitedBy: string | null;
          joinedAt: string;
          removedAt: string | null;
          removedBy: string | null;
        };
        meta: object;
        errorShape: {
          code: TRPC_ERROR_CODE_NUMBER;
          message: string;
          data: {
            code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
            httpStatus: number;
            reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
            path?: string;
          };
        };
      }>;
      restore: MutationProcedure<{
        input: {
          organizationId: string;
          userId: string;
        };
        output: {
          userId: string;
          email: string | null;
          name: string | null;
          role: "admin" | "member" | "owner";
          status: "active" | "removed";
          origin: "import" | "invitation" | "jit" | "join";
          outside: boolean;
          invitedBy: string | null;
          joinedAt: string;
          removedAt: string | null;
          removedBy: string | null;
        };
        meta: object;
        errorShape: {
          code: TRPC_ERROR_CODE_NUMBER;
          message: string;
          data: {
            code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
            httpStatus: number;
            reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
            path?: string;
          };
        };
      }>;
      changeMany: MutationProcedure<{
        input: {
          organizationId: string;
          userIds: string[];
          change: "remove" | "restore" | {
            role: "admin" | "member" | "owner";
          };
          expectedRoles?: Record<string, "admin" | "member" | "owner"> | undefined;
        };
        output: {
          outcome: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED" | "changed" | "not-reached" | "unchanged";
          hint: string | null;
          userId: string;
          member: {
            userId: string;
            email: string | null;
            name: string | null;
            role: "admin" | "member" | "owner";
            status: "active" | "removed";
            origin: "import" | "invitation" | "jit" | "join";
            outside: boolean;
            invitedBy: string | null;
            joinedAt: string;
            removedAt: string | null;
            removedBy: string | null;
          } | null;
        }[];
        meta: object;
        errorShape: {
          code: TRPC_ERROR_CODE_NUMBER;
          message: string;
          data: {
            code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
            httpStatus: number;
            reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
            path?: string;
          };
        };
      }>;
      leave: MutationProcedure<{
        input: {
          organizationId: string;
        };
        output: Record<string, never>;
        meta: object;
        errorShape: {
          code: TRPC_ERROR_CODE_NUMBER;
          message: string;
          data: {
            code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
            httpStatus: number;
            reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
            path?: string;
          };
        };
      }>;
    }>>;
    refusals: BuiltRouter<{
      ctx: Context;
      meta: object;
      errorShape: {
        code: TRPC_ERROR_CODE_NUMBER;
        message: string;
        data: {
          code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
          httpStatus: number;
          reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
          path?: string;
        };
      };
      transformer: false;
    }, DecorateCreateRouterOptions<{
      list: QueryProcedure<{
        input: {
          organizationId: string;
        };
        output: {
          email: string | null;
          domain: string | null;
          userId: string | null;
          connection: string | null;
          reason: "DOMAIN_NOT_ALLOWED" | "EMAIL_INVALID" | "EMAIL_MISSING" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "SSO_REQUIRED";
          firstAt: string;
          lastAt: string;
          count: number;
          cure: "ask-owner" | "invite" | "none-needed" | "restore" | "switch-on" | "verify-domain" | null;
          askedAt: string | null;
        }[];
        meta: object;
        errorShape: {
          code: TRPC_ERROR_CODE_NUMBER;
          message: string;
          data: {
            code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
            httpStatus: number;
            reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
            path?: string;
          };
        };
      }>;
    }>>;
    get: QueryProcedure<{
      input: {
        organizationId: string;
      };
      output: {
        id: string;
        name: string;
        jit: boolean;
        defaultRole: "admin" | "member" | "owner";
        enforceSso: boolean;
        state: "closed" | "open";
        closing: {
          closesAt: string;
          requestedBy: string | null;
          mail: "failed" | "none" | "sending" | "sent";
        } | null;
        locked: ("closing" | "defaultRole" | "enforceSso" | "jit" | "name")[];
        sendsMail: boolean;
        owners: string[];
      };
      meta: object;
      errorShape: {
        code: TRPC_ERROR_CODE_NUMBER;
        message: string;
        data: {
          code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
          httpStatus: number;
          reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
          path?: string;
        };
      };
    }>;
    update: MutationProcedure<{
      input: {
        organizationId: string;
        name?: string | undefined;
        jit?: boolean | undefined;
        defaultRole?: "admin" | "member" | undefined;
        enforceSso?: boolean | undefined;
      };
      output: {
        id: string;
        name: string;
        jit: boolean;
        defaultRole: "admin" | "member" | "owner";
        enforceSso: boolean;
        state: "closed" | "open";
        closing: {
          closesAt: string;
          requestedBy: string | null;
          mail: "failed" | "none" | "sending" | "sent";
        } | null;
        locked: ("closing" | "defaultRole" | "enforceSso" | "jit" | "name")[];
        sendsMail: boolean;
      };
      meta: object;
      errorShape: {
        code: TRPC_ERROR_CODE_NUMBER;
        message: string;
        data: {
          code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
          httpStatus: number;
          reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
          path?: string;
        };
      };
    }>;
    close: MutationProcedure<{
      input: {
        organizationId: string;
        name: string;
      };
      output: {
        id: string;
        name: string;
        jit: boolean;
        defaultRole: "admin" | "member" | "owner";
        enforceSso: boolean;
        state: "closed" | "open";
        closing: {
          closesAt: string;
          requestedBy: string | null;
          mail: "failed" | "none" | "sending" | "sent";
        } | null;
        locked: ("closing" | "defaultRole" | "enforceSso" | "jit" | "name")[];
        sendsMail: boolean;
      };
      meta: object;
      errorShape: {
        code: TRPC_ERROR_CODE_NUMBER;
        message: string;
        data: {
          code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
          httpStatus: number;
          reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
          path?: string;
        };
      };
    }>;
    keepOpen: MutationProcedure<{
      input: {
        organizationId: string;
      };
      output: {
        id: string;
        name: string;
        jit: boolean;
        defaultRole: "admin" | "member" | "owner";
        enforceSso: boolean;
        state: "closed" | "open";
        closing: {
          closesAt: string;
          requestedBy: string | null;
          mail: "failed" | "none" | "sending" | "sent";
        } | null;
        locked: ("closing" | "defaultRole" | "enforceSso" | "jit" | "name")[];
        sendsMail: boolean;
      };
      meta: object;
      errorShape: {
        code: TRPC_ERROR_CODE_NUMBER;
        message: string;
        data: {
          code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
          httpStatus: number;
          reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
          path?: string;
        };
      };
    }>;
    me: QueryProcedure<{
      input: void;
      output: {
        user: {
          userId: string;
          email: string | null;
        };
        actor: {
          clientId: string | null;
          userId: string | null;
        } | null;
        organizations: {
          id: string;
          name: string;
          role: "admin" | "member" | "owner";
          ssoRequired: boolean;
          closesAt: string | null;
          invitedBy: string | null;
        }[];
        activeOrganizationId: string | null;
        joinable: {
          id: string;
          name: string;
        }[];
        removed: {
          id: string;
          name: string;
        }[];
        closed: {
          id: string;
          name: string;
          closedAt: string | null;
          closedBy: {
            userId: string;
            email: string | null;
            name: string | null;
          } | null;
        }[];
        invitations: {
          organizationId: string;
          name: string;
          role: "admin" | "member" | "owner";
          invitedBy: string | null;
          inviter: string | null;
          inviterName: string | null;
          expiresAt: string;
        }[];
        pastInvitations: {
          organizationId: string;
          name: string;
          state: "declined" | "expired" | "revoked" | "void";
          since: string;
          inviter: string | null;
          inviterName: string | null;
        }[];
      };
      meta: object;
      errorShape: {
        code: TRPC_ERROR_CODE_NUMBER;
        message: string;
        data: {
          code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
          httpStatus: number;
          reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
          path?: string;
        };
      };
    }>;
    askToBeRestored: MutationProcedure<{
      input: {
        organizationId?: string | undefined;
      };
      output: {
        askedAt: string;
        againAt: string;
      };
      meta: object;
      errorShape: {
        code: TRPC_ERROR_CODE_NUMBER;
        message: string;
        data: {
          code: "BAD_GATEWAY" | "BAD_REQUEST" | "CLIENT_CLOSED_REQUEST" | "CONFLICT" | "FORBIDDEN" | "GATEWAY_TIMEOUT" | "INTERNAL_SERVER_ERROR" | "METHOD_NOT_SUPPORTED" | "NOT_FOUND" | "NOT_IMPLEMENTED" | "PARSE_ERROR" | "PAYLOAD_TOO_LARGE" | "PAYMENT_REQUIRED" | "PRECONDITION_FAILED" | "PRECONDITION_REQUIRED" | "SERVICE_UNAVAILABLE" | "TIMEOUT" | "TOO_MANY_REQUESTS" | "UNAUTHORIZED" | "UNPROCESSABLE_CONTENT" | "UNSUPPORTED_MEDIA_TYPE";
          httpStatus: number;
          reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
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
          reason: "AUTH0_UNAVAILABLE" | "CLIENT_NOT_ALLOWED" | "CONFLICT" | "CREDENTIALS_CONFLICT" | "DELEGATION_NOT_ALLOWED" | "DIRECTORY_UNAVAILABLE" | "DOMAIN_NOT_ALLOWED" | "DRAINING" | "EMAIL_INVALID" | "EMAIL_MISSING" | "EMAIL_UNVERIFIED" | "IDENTITY_BLOCKED" | "IDENTITY_CONFLICT" | "INPUT_INVALID" | "INTERNAL" | "KEYS_UNAVAILABLE" | "LAST_OWNER" | "LIMIT_REACHED" | "MEMBERSHIP_REMOVED" | "NOT_A_MEMBER" | "NOT_FOUND" | "NOT_JOINABLE" | "NOT_READY" | "OVERLOADED" | "RATE_LIMITED" | "ROLE_REQUIRED" | "SSO_REQUIRED" | "STORE_UNAVAILABLE" | "TOKEN_EXPIRED" | "TOKEN_INVALID" | "TOKEN_MISSING" | "TOKEN_REVOKED" | "TOO_LARGE" | "USER_TOKEN_REQUIRED";
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