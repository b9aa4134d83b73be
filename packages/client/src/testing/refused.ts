import type { Reason } from "@platform-api/server/router";
import { TRPCError } from "@trpc/server";

type Answer = readonly [code: TRPCError["code"], message: string, retryAfterSeconds?: number];

/** What the server answers for each reason; `packages/contract-tests/sdk` compares the two. */
const ANSWERS = {
  TOKEN_MISSING: ["UNAUTHORIZED", "Send the user's access token: Authorization: Bearer …, or X-User-Token"],
  TOKEN_INVALID: ["UNAUTHORIZED", "The access token is not valid here; sign in again"],
  TOKEN_EXPIRED: ["UNAUTHORIZED", "The access token has expired; refresh it or sign in again"],
  CREDENTIALS_CONFLICT: [
    "BAD_REQUEST",
    "Send exactly one token, once, with no other scheme than Bearer beside it",
  ],
  USER_TOKEN_REQUIRED: ["FORBIDDEN", "This is a machine's token; a user's access token is needed"],
  EMAIL_MISSING: ["FORBIDDEN", "The token carries no e-mail address"],
  EMAIL_INVALID: ["FORBIDDEN", "The e-mail address in the token is not usable"],
  EMAIL_UNVERIFIED: ["FORBIDDEN", "The e-mail address is not verified; verify it, then sign in again"],
  DOMAIN_NOT_ALLOWED: ["FORBIDDEN", "This sign-in may not speak for the domain of the e-mail address"],
  SSO_REQUIRED: ["FORBIDDEN", "The organization requires sign-in through its own SSO"],
  IDENTITY_CONFLICT: [
    "FORBIDDEN",
    "This account and the person it would be do not fit together; ask support",
  ],
  IDENTITY_BLOCKED: ["FORBIDDEN", "This account is blocked; ask support"],
  NOT_A_MEMBER: ["FORBIDDEN", "Not a member of this organization"],
  MEMBERSHIP_REMOVED: ["FORBIDDEN", "The membership was removed; ask an administrator of the organization"],
  ROLE_REQUIRED: ["FORBIDDEN", "Your role in the organization does not allow this"],
  NOT_JOINABLE: ["FORBIDDEN", "This organization cannot be joined with this sign-in"],
  INPUT_INVALID: ["BAD_REQUEST", "The request is not valid"],
  NOT_FOUND: ["NOT_FOUND", "There is nothing here"],
  TOO_LARGE: ["PAYLOAD_TOO_LARGE", "The request is too large"],
  RATE_LIMITED: ["TOO_MANY_REQUESTS", "Too many requests; slow down", 60],
  KEYS_UNAVAILABLE: ["SERVICE_UNAVAILABLE", "Tokens cannot be verified at the moment; try again shortly", 2],
  DIRECTORY_UNAVAILABLE: ["BAD_GATEWAY", "The user directory does not answer; try again shortly", 2],
  STORE_UNAVAILABLE: ["SERVICE_UNAVAILABLE", "The store does not answer; try again shortly", 2],
  OVERLOADED: ["SERVICE_UNAVAILABLE", "Too busy; try again shortly", 1],
  DRAINING: ["SERVICE_UNAVAILABLE", "Shutting down; try again", 1],
  INTERNAL: ["INTERNAL_SERVER_ERROR", "Something went wrong here"],
} as const satisfies Record<Reason, Answer>;

const REASON_OF_CODE: Partial<Record<TRPCError["code"], Reason>> = {
  BAD_REQUEST: "INPUT_INVALID",
  PARSE_ERROR: "INPUT_INVALID",
  METHOD_NOT_SUPPORTED: "INPUT_INVALID",
  UNSUPPORTED_MEDIA_TYPE: "INPUT_INVALID",
  NOT_FOUND: "NOT_FOUND",
};

const PROBLEM_OF_CODE: Partial<Record<TRPCError["code"], string>> = {
  PARSE_ERROR: "it is not JSON",
  METHOD_NOT_SUPPORTED: "queries are sent with GET, mutations with POST",
  UNSUPPORTED_MEDIA_TYPE: "send content-type: application/json",
};

/** A refusal or an outage, as the server would answer it. */
export class Refused extends TRPCError {
  readonly reason: Reason;
  readonly retryAfterSeconds: number | undefined;

  /**
   * `problem`: what is wrong with the input; the server tells the client.
   * @throws {TypeError} for what is no reason
   */
  constructor(reason: Reason, details: { problem?: string; retryAfterSeconds?: number } = {}) {
    if (!Object.hasOwn(ANSWERS, reason))
      throw new TypeError(`platformHandlers: there is no reason "${reason}"`);
    const [code, message, retryAfterSeconds]: Answer = ANSWERS[reason];
    const { problem } = details;
    super({ code, message: problem === undefined ? message : `${message}: ${problem}` });
    this.reason = reason;
    this.retryAfterSeconds = details.retryAfterSeconds ?? retryAfterSeconds;
  }
}

/** The refusal behind any error of tRPC: its own (no such procedure, no JSON), or what an input parser threw. */
export function asRefused(error: TRPCError): Refused {
  if (error instanceof Refused) return error;
  if (error.cause instanceof Refused) return error.cause;
  const problem = PROBLEM_OF_CODE[error.cause instanceof SyntaxError ? "PARSE_ERROR" : error.code];
  return new Refused(REASON_OF_CODE[error.code] ?? "INTERNAL", problem === undefined ? {} : { problem });
}

/** The headers that go with the errors of one response. */
export function headersFor(errors: readonly TRPCError[]): Record<string, string> {
  const refusals = errors.map(asRefused);
  const unauthorized = refusals.find(({ code }) => code === "UNAUTHORIZED");
  const waits = refusals.flatMap(({ retryAfterSeconds }) => retryAfterSeconds ?? []);
  return {
    ...(unauthorized !== undefined && { "www-authenticate": challenge(unauthorized) }),
    ...(waits.length > 0 && { "retry-after": String(Math.max(...waits)) }),
  };
}

/** RFC 6750 §3.1: no error code where no token was sent. */
function challenge({ reason, message }: Refused): string {
  const realm = 'Bearer realm="platform-api"';
  return reason === "TOKEN_MISSING"
    ? realm
    : `${realm}, error="invalid_token", error_description="${message}"`;
}
