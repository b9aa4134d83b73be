import { TRPCError } from "@trpc/server";
import {
  getHTTPStatusCodeFromError,
  type TRPC_ERROR_CODE_KEY,
} from "@trpc/server/unstable-core-do-not-import";
import { ZodError } from "zod";
import { type Reason, Refusal } from "../domain/index.ts";

/** What a reason becomes on the wire. Messages are fixed: they never carry what a client or an upstream sent. */
interface Answer {
  readonly code: TRPC_ERROR_CODE_KEY;
  readonly message: string;
  /** Sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;
}

const ANSWERS = {
  TOKEN_MISSING: {
    code: "UNAUTHORIZED",
    message: "Send the user's access token: Authorization: Bearer …, or X-User-Token",
  },
  TOKEN_INVALID: { code: "UNAUTHORIZED", message: "The access token is not valid here; sign in again" },
  TOKEN_EXPIRED: {
    code: "UNAUTHORIZED",
    message: "The access token has expired; refresh it or sign in again",
  },
  CREDENTIALS_CONFLICT: {
    code: "BAD_REQUEST",
    message: "Send exactly one token, once, with no other scheme than Bearer beside it",
  },
  USER_TOKEN_REQUIRED: {
    code: "FORBIDDEN",
    message: "This is a machine's token; a user's access token is needed",
  },
  EMAIL_MISSING: { code: "FORBIDDEN", message: "The token carries no e-mail address" },
  EMAIL_INVALID: { code: "FORBIDDEN", message: "The e-mail address in the token is not usable" },
  EMAIL_UNVERIFIED: {
    code: "FORBIDDEN",
    message: "The e-mail address is not verified; verify it, then sign in again",
  },
  DOMAIN_NOT_ALLOWED: {
    code: "FORBIDDEN",
    message: "This sign-in may not speak for the domain of the e-mail address",
  },
  SSO_REQUIRED: { code: "FORBIDDEN", message: "The organization requires sign-in through its own SSO" },
  IDENTITY_CONFLICT: {
    code: "FORBIDDEN",
    message: "This account and the person it would be do not fit together; ask support",
  },
  IDENTITY_BLOCKED: { code: "FORBIDDEN", message: "This account is blocked; ask support" },
  NOT_A_MEMBER: { code: "FORBIDDEN", message: "Not a member of this organization" },
  MEMBERSHIP_REMOVED: {
    code: "FORBIDDEN",
    message: "The membership was removed; ask an administrator of the organization",
  },
  ROLE_REQUIRED: { code: "FORBIDDEN", message: "Your role in the organization does not allow this" },
  NOT_JOINABLE: { code: "FORBIDDEN", message: "This organization cannot be joined with this sign-in" },
  INPUT_INVALID: { code: "BAD_REQUEST", message: "The request is not valid" },
  NOT_FOUND: { code: "NOT_FOUND", message: "There is nothing here" },
  TOO_LARGE: { code: "PAYLOAD_TOO_LARGE", message: "The request is too large" },
  RATE_LIMITED: { code: "TOO_MANY_REQUESTS", message: "Too many requests; slow down", retryAfterSeconds: 60 },
  KEYS_UNAVAILABLE: {
    code: "SERVICE_UNAVAILABLE",
    message: "Tokens cannot be verified at the moment; try again shortly",
    retryAfterSeconds: 2,
  },
  DIRECTORY_UNAVAILABLE: {
    code: "BAD_GATEWAY",
    message: "The user directory does not answer; try again shortly",
    retryAfterSeconds: 2,
  },
  STORE_UNAVAILABLE: {
    code: "SERVICE_UNAVAILABLE",
    message: "The store does not answer; try again shortly",
    retryAfterSeconds: 2,
  },
  OVERLOADED: { code: "SERVICE_UNAVAILABLE", message: "Too busy; try again shortly", retryAfterSeconds: 1 },
  DRAINING: { code: "SERVICE_UNAVAILABLE", message: "Shutting down; try again", retryAfterSeconds: 1 },
  INTERNAL: { code: "INTERNAL_SERVER_ERROR", message: "Something went wrong here" },
} as const satisfies Record<Reason, Answer>;

const REASON_OF_CODE: Partial<Record<TRPC_ERROR_CODE_KEY, Reason>> = {
  BAD_REQUEST: "INPUT_INVALID",
  PARSE_ERROR: "INPUT_INVALID",
  METHOD_NOT_SUPPORTED: "INPUT_INVALID",
  UNSUPPORTED_MEDIA_TYPE: "INPUT_INVALID",
  NOT_FOUND: "NOT_FOUND",
  PAYLOAD_TOO_LARGE: "TOO_LARGE",
};

/** What is wrong with a request before any procedure sees it; the text is for the client, and quotes nothing. */
export class InputProblem extends Error {}

/** A request that is refused for its form. */
export function inputProblem(text: string): TRPCError {
  return new TRPCError({ code: "BAD_REQUEST", cause: new InputProblem(text) });
}

const PROBLEM_OF_CODE: Partial<Record<TRPC_ERROR_CODE_KEY, string>> = {
  PARSE_ERROR: "it is not JSON",
  UNSUPPORTED_MEDIA_TYPE: "send content-type: application/json",
  METHOD_NOT_SUPPORTED: "queries are sent with GET, mutations with POST",
};

/** A refusal as the tRPC error that answers it. */
export function toTRPCError(refusal: Refusal): TRPCError {
  const { code, message } = ANSWERS[refusal.reason];
  return new TRPCError({ code, message, cause: refusal });
}

/** The reason of any error that tRPC reports, its own included. */
export function reasonOf(error: TRPCError): Reason {
  if (error.cause instanceof Refusal) return error.cause.reason;
  return REASON_OF_CODE[error.code] ?? "INTERNAL";
}

/** The message for the client: fixed, save that invalid input is told which of its fields is wrong and how. */
export function messageOf(error: TRPCError): string {
  const reason = reasonOf(error);
  const { message } = ANSWERS[reason];
  const problem = reason === "INPUT_INVALID" ? problemOf(error) : undefined;
  return problem === undefined ? message : `${message}: ${problem}`;
}

function problemOf({ code, cause }: TRPCError): string | undefined {
  if (cause instanceof InputProblem) return cause.message;
  if (cause instanceof SyntaxError) return PROBLEM_OF_CODE.PARSE_ERROR;
  if (!(cause instanceof ZodError)) return PROBLEM_OF_CODE[code];
  return cause.issues.map(({ path, message }) => `${path.join(".") || "input"}: ${message}`).join("; ");
}

/** The status of any error that tRPC reports. */
export function statusOf(error: TRPCError): number {
  return getHTTPStatusCodeFromError(error);
}

/** What RFC 6750 and RFC 9110 want beside the body, for the gravest of several errors in one response. */
export function headersFor(errors: readonly TRPCError[]): Record<string, string> {
  const headers: Record<string, string> = {};
  const reasons = errors.map(reasonOf);
  const unauthorized = reasons.find((reason) => ANSWERS[reason].code === "UNAUTHORIZED");
  if (unauthorized !== undefined) headers["www-authenticate"] = challenge(unauthorized);
  const waits = reasons.map(retryAfterSeconds).filter((seconds) => seconds !== undefined);
  if (waits.length > 0) headers["retry-after"] = String(Math.max(...waits));
  return headers;
}

function retryAfterSeconds(reason: Reason): number | undefined {
  const answer: Answer = ANSWERS[reason];
  return answer.retryAfterSeconds;
}

/** RFC 6750 §3.1: no error code where no token was sent. */
function challenge(reason: Reason): string {
  if (reason === "TOKEN_MISSING") return 'Bearer realm="platform-api"';
  return `Bearer realm="platform-api", error="invalid_token", error_description="${ANSWERS[reason].message}"`;
}
