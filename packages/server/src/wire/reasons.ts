/**
 * Every reason for refusing a request: the same word in the domain, in `error.data.reason` and in the SDK. Each has a
 * section in `docs/reasons.md`.
 */
export const REASONS = [
  "TOKEN_MISSING",
  "TOKEN_INVALID",
  "TOKEN_EXPIRED",
  "TOKEN_REVOKED",
  "CREDENTIALS_CONFLICT",
  "USER_TOKEN_REQUIRED",
  "CLIENT_NOT_ALLOWED",
  "DELEGATION_NOT_ALLOWED",
  "EMAIL_MISSING",
  "EMAIL_INVALID",
  "EMAIL_UNVERIFIED",
  "DOMAIN_NOT_ALLOWED",
  "SSO_REQUIRED",
  "IDENTITY_CONFLICT",
  "IDENTITY_BLOCKED",
  "NOT_A_MEMBER",
  "MEMBERSHIP_REMOVED",
  "ROLE_REQUIRED",
  "NOT_JOINABLE",
  "LAST_OWNER",
  "CONFLICT",
  "NOT_READY",
  "LIMIT_REACHED",
  "INPUT_INVALID",
  "NOT_FOUND",
  "TOO_LARGE",
  "RATE_LIMITED",
  "KEYS_UNAVAILABLE",
  "DIRECTORY_UNAVAILABLE",
  "AUTH0_UNAVAILABLE",
  "STORE_UNAVAILABLE",
  "OVERLOADED",
  "DRAINING",
  "INTERNAL",
] as const;

export type Reason = (typeof REASONS)[number];

/** What a reason becomes on the wire. Messages are fixed: they never quote a client or an upstream. */
interface Answer {
  /** tRPC's name of the HTTP status. */
  readonly code: AnswerCode;
  readonly message: string;
  /** Sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;
}

type AnswerCode =
  | "BAD_REQUEST"
  | "UNAUTHORIZED"
  | "FORBIDDEN"
  | "NOT_FOUND"
  | "CONFLICT"
  | "PAYLOAD_TOO_LARGE"
  | "TOO_MANY_REQUESTS"
  | "INTERNAL_SERVER_ERROR"
  | "BAD_GATEWAY"
  | "SERVICE_UNAVAILABLE";

/** Statuses below 500: the caller or the user can do something about them. */
export const REFUSALS = {
  TOKEN_MISSING: {
    code: "UNAUTHORIZED",
    message: "Send the user's access token: Authorization: Bearer …, or X-User-Token",
  },
  TOKEN_INVALID: { code: "UNAUTHORIZED", message: "The access token was not accepted; sign in again" },
  TOKEN_EXPIRED: {
    code: "UNAUTHORIZED",
    message: "The access token has expired; refresh it or sign in again",
  },
  TOKEN_REVOKED: {
    code: "UNAUTHORIZED",
    message: "The access token was revoked; sign in again",
  },
  CREDENTIALS_CONFLICT: { code: "BAD_REQUEST", message: "Send exactly one Bearer token" },
  USER_TOKEN_REQUIRED: {
    code: "FORBIDDEN",
    message: "This is a machine token; a user's access token is required",
  },
  CLIENT_NOT_ALLOWED: {
    code: "FORBIDDEN",
    message:
      "This application may not do this; an operator can list it, in ADMIN_CLIENT_IDS to administer organizations, " +
      "in SERVICE_CLIENTS as a service",
  },
  DELEGATION_NOT_ALLOWED: {
    code: "FORBIDDEN",
    message: "This token acts on behalf of its user, who must decide this in person",
  },
  EMAIL_MISSING: { code: "FORBIDDEN", message: "The token has no e-mail address" },
  EMAIL_INVALID: { code: "FORBIDDEN", message: "The e-mail address in the token is not valid" },
  EMAIL_UNVERIFIED: {
    code: "FORBIDDEN",
    message: "The e-mail address is not verified; verify it, then sign in again",
  },
  DOMAIN_NOT_ALLOWED: {
    code: "FORBIDDEN",
    message: "This sign-in method is not allowed for your e-mail domain",
  },
  SSO_REQUIRED: { code: "FORBIDDEN", message: "The organization requires sign-in through its own SSO" },
  IDENTITY_CONFLICT: {
    code: "FORBIDDEN",
    message: "This sign-in conflicts with an existing account; ask support",
  },
  IDENTITY_BLOCKED: { code: "FORBIDDEN", message: "This account is blocked; ask support" },
  NOT_A_MEMBER: { code: "FORBIDDEN", message: "Not a member of this organization" },
  MEMBERSHIP_REMOVED: {
    code: "FORBIDDEN",
    message: "The membership was removed; ask an administrator of the organization",
  },
  ROLE_REQUIRED: { code: "FORBIDDEN", message: "Your role does not allow this" },
  NOT_JOINABLE: { code: "FORBIDDEN", message: "You cannot join this organization with this sign-in" },
  LAST_OWNER: {
    code: "CONFLICT",
    message: "The organization's last owner stays; make somebody else an owner first",
  },
  CONFLICT: { code: "CONFLICT", message: "It is not what you saw; reload and try again" },
  NOT_READY: { code: "CONFLICT", message: "Something else must be done first" },
  LIMIT_REACHED: { code: "CONFLICT", message: "The organization has as many of these as it can have" },
  INPUT_INVALID: { code: "BAD_REQUEST", message: "The request is not valid" },
  NOT_FOUND: { code: "NOT_FOUND", message: "Not found" },
  TOO_LARGE: { code: "PAYLOAD_TOO_LARGE", message: "The request is too large" },
  RATE_LIMITED: { code: "TOO_MANY_REQUESTS", message: "Too many requests; slow down", retryAfterSeconds: 60 },
} satisfies Partial<Record<Reason, Answer>>;

const OUTAGES = {
  KEYS_UNAVAILABLE: {
    code: "SERVICE_UNAVAILABLE",
    message: "Tokens cannot be verified at the moment; try again shortly",
    retryAfterSeconds: 2,
  },
  DIRECTORY_UNAVAILABLE: {
    code: "BAD_GATEWAY",
    message: "The user directory is not responding; try again shortly",
    retryAfterSeconds: 2,
  },
  AUTH0_UNAVAILABLE: {
    code: "BAD_GATEWAY",
    message: "Auth0 is not responding; try again shortly",
    retryAfterSeconds: 2,
  },
  STORE_UNAVAILABLE: {
    code: "SERVICE_UNAVAILABLE",
    message: "The database is not responding; try again shortly",
    retryAfterSeconds: 2,
  },
  OVERLOADED: {
    code: "SERVICE_UNAVAILABLE",
    message: "The server is busy; try again shortly",
    retryAfterSeconds: 1,
  },
  DRAINING: {
    code: "SERVICE_UNAVAILABLE",
    message: "The server is shutting down; try again",
    retryAfterSeconds: 1,
  },
  INTERNAL: { code: "INTERNAL_SERVER_ERROR", message: "Something went wrong on the server" },
} satisfies Partial<Record<Reason, Answer>>;

/** A function, so that the SDK's main entry bundles only the refusals. A reason without a row does not compile. */
export function answerOf(reason: Reason): Answer {
  return { ...REFUSALS, ...OUTAGES }[reason];
}

export function isReason(value: unknown): value is Reason {
  return REASONS.some((reason) => reason === value);
}
