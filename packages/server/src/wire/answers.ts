import { answerOf, type Reason } from "./reasons.ts";

const REASON_OF_CODE: Readonly<Record<string, Reason>> = {
  BAD_REQUEST: "INPUT_INVALID",
  PARSE_ERROR: "INPUT_INVALID",
  METHOD_NOT_SUPPORTED: "INPUT_INVALID",
  UNSUPPORTED_MEDIA_TYPE: "INPUT_INVALID",
  NOT_FOUND: "NOT_FOUND",
  PAYLOAD_TOO_LARGE: "TOO_LARGE",
};

/** The reason of an error that tRPC itself has thrown, by its code. */
export function reasonOfCode(code: string): Reason {
  return REASON_OF_CODE[code] ?? "INTERNAL";
}

/** What is wrong with a request that reached no procedure, by the code of tRPC's error; it completes the message. */
export const PROBLEM_OF_CODE: Readonly<Record<string, string>> = {
  PARSE_ERROR: "it is not JSON",
  UNSUPPORTED_MEDIA_TYPE: "send content-type: application/json",
  METHOD_NOT_SUPPORTED: "queries are sent with GET, mutations with POST",
};

/** A reason, and the `Retry-After` that replaces its usual one. */
interface Refused {
  readonly reason: Reason;
  readonly retryAfterSeconds?: number | undefined;
}

/** The headers that RFC 6750 and RFC 9110 require beside the body, for all errors of one response. */
export function answerHeaders(refusals: readonly Refused[]): Record<string, string> {
  const headers: Record<string, string> = {};
  const unauthorized = refusals.find(({ reason }) => answerOf(reason).code === "UNAUTHORIZED");
  if (unauthorized !== undefined) {
    const { reason } = unauthorized;
    headers["www-authenticate"] = challenge(reason, answerOf(reason).message);
  }
  const waits = refusals.flatMap(
    ({ reason, retryAfterSeconds = answerOf(reason).retryAfterSeconds }) => retryAfterSeconds ?? [],
  );
  if (waits.length > 0) headers["retry-after"] = String(Math.max(...waits));
  return headers;
}

/** The value of `WWW-Authenticate`. No error code when no token was sent (RFC 6750 §3.1). */
export function challenge(reason: string, description?: string): string {
  const realm = 'Bearer realm="platform-api"';
  if (reason === "TOKEN_MISSING") return realm;
  const invalid = `${realm}, error="invalid_token"`;
  return description === undefined ? invalid : `${invalid}, error_description="${description}"`;
}
