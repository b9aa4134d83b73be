import { challenge, REFUSALS } from "@platform-api/server/wire";
import {
  addressOf,
  codeOf,
  isOutage,
  isPlatformError,
  reasonOf,
  retryAfterMs,
  rootOf,
  type ServiceReason,
  statusOf,
} from "../platform-error.ts";

/** The answer that a service gives instead of its own, in the shape of platform-api's REST errors. */
export class Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  /** For the service's log: what went wrong between the two servers, as a code or a name; null if nothing did. */
  readonly trouble: string | null;
  /** For the log, too: the address that was called; null where there was no trouble. */
  readonly address: string | null;
  readonly body: { readonly error: { readonly reason: ServiceReason; readonly message: string } };

  /**
   * The message is fixed: the error that came with the reason could quote a token or an upstream. `hint` completes
   * the usual one.
   */
  constructor(
    status: number,
    reason: ServiceReason,
    details: {
      message?: string;
      hint?: string;
      waitMs?: number | null;
      trouble?: string;
      address?: string | null;
    } = {},
  ) {
    const { hint, waitMs = null, trouble = null, address = null } = details;
    const { message = fixedMessage(reason, status) } = details;
    this.status = status;
    this.headers = {
      "cache-control": "no-store",
      ...(status === 401 && { "www-authenticate": challenge(reason) }),
      ...(waitMs !== null && { "retry-after": String(Math.ceil(waitMs / 1_000)) }),
    };
    this.body = { error: { reason, message: hint === undefined ? message : `${message}: ${hint}` } };
    this.trouble = trouble;
    this.address = address;
  }

  /** Adds the address of the service's metadata to the challenge (RFC 9728 §5.1). */
  addMetadata(address: string | undefined): this {
    const { "www-authenticate": challenge } = this.headers;
    if (challenge !== undefined && address !== undefined)
      this.headers["www-authenticate"] = `${challenge}, resource_metadata="${address}"`;
    return this;
  }
}

/** The server's own message for a refusal. Its messages for outages would seem to be about this service's database. */
function fixedMessage(reason: ServiceReason, status: number): string {
  if (status >= 500) return "Sign-ins cannot be checked at the moment; try again shortly";
  // Guards do not read X-User-Token.
  if (reason === "TOKEN_MISSING") return "Send the user's access token: Authorization: Bearer …";
  return isKnown(reason) ? REFUSALS[reason].message : "This sign-in is not accepted; ask support";
}

/** A newer server may send other reasons. */
function isKnown(reason: ServiceReason): reason is keyof typeof REFUSALS {
  return Object.hasOwn(REFUSALS, reason);
}

/** Statuses that mean the same to this service's caller. Any other is a problem between the two servers. */
const FORWARDED_STATUSES = new Set([400, 401, 403, 429, 502, 503]);
const OUTAGE_WAIT_MS = 2_000;

/** What a failed call becomes for this service's caller; null for an error that is not the client's. */
export function answerTo(error: unknown): Answer | null {
  if (!isPlatformError(error)) return null;
  const reason = reasonOf(error);
  const status = statusOf(error);
  const requestedMs = retryAfterMs(error);
  const waitMs = isOutage(error) ? (requestedMs ?? OUTAGE_WAIT_MS) : requestedMs;
  if (reason === null) {
    if (status === 429) return new Answer(429, "RATE_LIMITED", { waitMs });
    if (!isOutage(error)) return null;
    const root = rootOf(error); // never the message: it could quote anything
    const isAnothers = status >= 300 || (status > 0 && root.name === "Error"); // or a page
    const trouble = isAnothers ? `HTTP ${status} from another server` : (codeOf(root) ?? root.name);
    return new Answer(503, "PLATFORM_UNAVAILABLE", { waitMs, trouble, address: addressOf(error) });
  }
  if (FORWARDED_STATUSES.has(status)) {
    return new Answer(status, reason, {
      waitMs,
      ...(status >= 500 && { trouble: `platform-api: ${reason}` }),
    });
  }
  return new Answer(502, reason, { waitMs, trouble: `platform-api: ${status}` });
}
