/**
 * Every reason for refusing a request: the same word in the domain, in `error.data.reason` and in the SDK. Each has a
 * section in `docs/reasons.md`.
 */
declare const REASONS: readonly ["TOKEN_MISSING", "TOKEN_INVALID", "TOKEN_EXPIRED", "CREDENTIALS_CONFLICT", "USER_TOKEN_REQUIRED", "EMAIL_MISSING", "EMAIL_INVALID", "EMAIL_UNVERIFIED", "DOMAIN_NOT_ALLOWED", "SSO_REQUIRED", "IDENTITY_CONFLICT", "IDENTITY_BLOCKED", "NOT_A_MEMBER", "MEMBERSHIP_REMOVED", "ROLE_REQUIRED", "NOT_JOINABLE", "INPUT_INVALID", "NOT_FOUND", "TOO_LARGE", "RATE_LIMITED", "KEYS_UNAVAILABLE", "DIRECTORY_UNAVAILABLE", "STORE_UNAVAILABLE", "OVERLOADED", "DRAINING", "INTERNAL"];
export type Reason = (typeof REASONS)[number];
export {};