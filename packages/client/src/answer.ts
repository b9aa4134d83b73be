import {
  isOutage,
  isPlatformError,
  reasonOf,
  retryAfterMs,
  type ServiceReason,
  statusOf,
} from "./platform-error.ts";

/** Where the person or the caller can do something; the reason says the rest, and docs/reasons.md the cure. */
const MESSAGES: Partial<Record<ServiceReason, string>> = {
  TOKEN_MISSING: "Send the user's access token: Authorization: Bearer …",
  TOKEN_INVALID: "The access token is not valid here; sign in again",
  TOKEN_EXPIRED: "The access token has expired; refresh it or sign in again",
  CREDENTIALS_CONFLICT: "Send exactly one Authorization header, with one Bearer token",
  USER_TOKEN_REQUIRED: "A machine's token; send a user's access token",
  EMAIL_UNVERIFIED: "The e-mail address is not verified; verify it, then sign in again",
  SSO_REQUIRED: "The organization requires sign-in through its own SSO",
  NOT_A_MEMBER: "Not a member of this organization",
  MEMBERSHIP_REMOVED: "The membership was removed; ask an administrator of the organization",
  ROLE_REQUIRED: "Your role in the organization does not allow this",
  INPUT_INVALID: "The request is not valid",
  RATE_LIMITED: "Too many requests; slow down",
};

/** A service's answer instead of its own, in the shape of platform-api's REST errors; frameworks only copy it. */
export class Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** For this service's own log: what went wrong between the two servers, as a code or a name; null if nothing did. */
  readonly trouble: string | null;
  readonly body: { readonly error: { readonly reason: ServiceReason; readonly message: string } };

  /** The message is ours and fixed: whatever the reason came with could quote a token or an upstream. */
  constructor(
    status: number,
    reason: ServiceReason,
    details: { message?: string; waitMs?: number | null; trouble?: string } = {},
  ) {
    const { message = fixedMessage(reason, status), waitMs = null, trouble = null } = details;
    this.status = status;
    this.headers = {
      "cache-control": "no-store",
      ...(status === 401 && { "www-authenticate": challenge(reason) }),
      ...(waitMs !== null && { "retry-after": String(Math.ceil(waitMs / 1_000)) }),
    };
    this.body = { error: { reason, message } };
    this.trouble = trouble;
  }
}

function fixedMessage(reason: ServiceReason, status: number): string {
  const message = Object.hasOwn(MESSAGES, reason) ? MESSAGES[reason] : undefined;
  if (message !== undefined) return message;
  return status < 500
    ? "This sign-in is not accepted; ask support"
    : "Sign-ins cannot be checked at the moment; try again shortly";
}

/** RFC 6750 §3.1: no error code where no token was sent. */
function challenge(reason: ServiceReason): string {
  const realm = 'Bearer realm="platform-api"';
  return reason === "TOKEN_MISSING" ? realm : `${realm}, error="invalid_token"`;
}

/** Statuses that mean the same to this service's caller; with any other, the trouble is between the two servers. */
const FORWARDED_STATUSES = new Set([400, 401, 403, 429, 502, 503]);
const OUTAGE_WAIT_MS = 2_000;

/** What a call's failure becomes for this service's caller; null for what is no answer of platform-api's. */
export function answerTo(error: unknown): Answer | null {
  if (!isPlatformError(error)) return null;
  const reason = reasonOf(error);
  const status = statusOf(error);
  const askedMs = retryAfterMs(error);
  const waitMs = isOutage(error) ? (askedMs ?? OUTAGE_WAIT_MS) : askedMs;
  if (reason === null) {
    if (status === 429) return new Answer(429, "RATE_LIMITED", { waitMs });
    if (!isOutage(error)) return null;
    const trouble = status >= 300 ? `HTTP ${status} of another server` : rootOf(error);
    return new Answer(503, "PLATFORM_UNAVAILABLE", { waitMs, trouble });
  }
  if (FORWARDED_STATUSES.has(status)) {
    return new Answer(status, reason, {
      waitMs,
      ...(status >= 500 && { trouble: `platform-api: ${reason}` }),
    });
  }
  return new Answer(502, reason, { waitMs, trouble: `platform-api: ${status}` });
}

/** Such as ECONNREFUSED. No message: it could quote anything. */
function rootOf(error: Error): string {
  let root: Error = error;
  while (root.cause instanceof Error) root = root.cause;
  return "code" in root ? String(root.code) : root.name;
}
