import type { CljClientError } from "@platform-api/clj-client";
import { z } from "zod";
import type { Problem } from "../../terminal/finding.ts";
import type { Reply } from "./probe.ts";
import type { Quote } from "./quote.ts";
import { wireLine } from "./wire-lines.ts";

export const URL_VARIABLE = "CLJ_PG_WRAPPER_URL";

const NO_TLS = "it does not speak TLS";
const UNTRUSTED = "its certificate is not trusted here; NODE_EXTRA_CA_CERTS names your own authority";

/** Causes of a failed connection whose code says too little. */
const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "the name does not resolve",
  EAI_AGAIN: "the name server does not answer",
  ECONNRESET: "the connection was closed",
  UND_ERR_SOCKET: "the connection was closed",
  UND_ERR_CONNECT_TIMEOUT: "no connection in time",
  EPROTO: NO_TLS,
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
};

/** What the client does not accept of a reply; nothing if it does. */
export function problemsOf(reply: Reply<unknown>): readonly Problem[] {
  const { error, status, url } = reply;
  if (error === null) return [];
  if (error.failure === "transport") return [transportProblem(error, url)];
  if (error.failure === "status") return [statusProblem(reply, status ?? 0)];
  return error.cause instanceof z.ZodError ? recordProblems(error.cause, reply) : [bodyProblem(reply, error)];
}

function transportProblem(error: CljClientError, url: string): Problem {
  const expected = `an answer of the directory at ${new URL(url).origin}`;
  const fix = `the directory, the network to it, or ${URL_VARIABLE}`;
  if (error.cause === undefined) return { saw: `${new URL(url).origin}: ${error.message}`, expected, fix };
  const cause = causeOf(error.cause);
  const http = `${URL_VARIABLE}: http:// instead of https:// (CLJ_PG_WRAPPER_INSECURE=1 permits it beyond loopback)`;
  const saw = `${new URL(url).origin} is unreachable: ${cause}`;
  return { saw, expected, fix: cause.startsWith(NO_TLS) ? http : fix };
}

/** The innermost cause that has a code. */
function causeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : null;
  if (code !== null) return CAUSES[code] === undefined ? code : `${CAUSES[code]} (${code})`;
  return cause.cause === undefined ? cause.message : causeOf(cause.cause);
}

function statusProblem(reply: Reply<unknown>, status: number): Problem {
  const { call } = reply;
  const saw = `answers ${status}`;
  const expected = call.statuses.join(" or ");
  if (status >= 300 && status < 400) return redirectProblem(reply, saw);
  if (status === 401 || status === 403) {
    return { saw: `${saw}: the service token is not accepted`, expected, fix: "CLJ_PG_WRAPPER_TOKEN" };
  }
  if (status === 429 || status >= 500) return { saw, expected, fix: "the directory: its log says why" };
  if (call.method === "POST" && (status === 404 || status === 405)) {
    return {
      saw: `${saw}: there is no ${call.method} ${call.path}`,
      expected,
      fix: `${wireLine.path(call.path)} (the path), or ${URL_VARIABLE}`,
    };
  }
  return { saw, expected, fix: `${wireLine.statuses(call.statuses)} (\`statuses\`)` };
}

function redirectProblem({ location, call, quote, url }: Reply<unknown>, answers: string): Problem {
  const expected = "no redirect: it could lead to another directory, so it is not followed";
  const target = location && URL.canParse(location, url) ? new URL(location, url) : null;
  if (target === null || !/^https?:$/.test(target.protocol)) {
    return { saw: `${answers}: the redirect names no usable Location`, expected, fix: "the directory" };
  }
  if (target.origin !== new URL(url).origin) {
    return {
      saw: `${answers}, a redirect to ${quote(target.origin)}`,
      expected,
      fix: `${URL_VARIABLE}: the address at which the directory itself answers`,
    };
  }
  const saw = `${answers}, a redirect to ${quote(target.pathname)}`;
  return { saw, expected, fix: `${wireLine.path(call.path)} (the path), or ${URL_VARIABLE}` };
}

function bodyProblem({ contentType, quote }: Reply<unknown>, error: CljClientError): Problem {
  if (/^application\/json *(;|$)/i.test(contentType)) {
    return { saw: error.message, expected: "JSON in UTF-8 of at most 16 KiB", fix: "the directory" };
  }
  const saw = `the content type is ${contentType === "" ? "absent" : quote(contentType)}`;
  const fix = contentType.startsWith("text/html")
    ? `${URL_VARIABLE}, if this is the page of a proxy or a login; else the directory`
    : "the directory";
  return { saw, expected: "application/json", fix };
}

/** One problem for each field that does not match. */
function recordProblems(error: z.ZodError, { body, quote }: Reply<unknown>): readonly Problem[] {
  const record = asRecord(body);
  const fix = `${wireLine.record()} (\`userFields\`)`;
  if (record === null) {
    return [
      { saw: `the reply is ${Array.isArray(body) ? "a list" : kindOf(body)}`, expected: "one user", fix },
    ];
  }
  const fields = [...new Set(error.issues.map(({ path }) => String(path[0])))];
  const wrapper = Object.keys(record).find((name) =>
    fields.some((field) => field in (asRecord(record[name]) ?? {})),
  );
  if (wrapper !== undefined) {
    return [
      {
        saw: `the user is inside the field ${quote(wrapper)}`,
        expected: `${fields.join(", ")} at the top`,
        fix,
      },
    ];
  }
  return fields.map((field) => fieldProblem(field, record, error, quote));
}

function fieldProblem(
  field: string,
  record: Readonly<Record<string, unknown>>,
  error: z.ZodError,
  quote: Quote,
): Problem {
  const fix = `${wireLine.field(field)} (\`${field}\`)`;
  const issue = error.issues.find(({ path }) => path[0] === field);
  const expected =
    field === "id"
      ? "a UUID with hyphens"
      : issue?.code === "invalid_type"
        ? `a ${issue.expected}`
        : "1 to 320 characters";
  if (!(field in record)) {
    const names = fieldNames(record, quote) || "no fields";
    return { saw: `${field} is missing; the reply has ${names}`, expected: `${field}: ${expected}`, fix };
  }
  const value = record[field];
  return {
    saw: `${field} is ${field === "id" && typeof value === "string" ? spellingOf(value) : kindOf(value)}`,
    expected,
    fix,
  };
}

const HEX_32 = /^[0-9a-f]{32}$/i;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** How an id that is not acceptable is spelled, without the id. */
function spellingOf(id: string): string {
  if (UUID.test(id)) return /^0/.test(id) ? "the nil UUID" : "the max UUID";
  if (HEX_32.test(id)) return "a UUID without hyphens";
  if (UUID.test(id.replace(/^\{(.*)\}$/, "$1"))) return "a UUID in braces";
  if (UUID.test(id.replace(/^urn:uuid:/i, ""))) return "a UUID with urn:uuid: before it";
  return UUID.test(id.trim()) ? "a UUID with spaces around it" : "not a UUID";
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return value === "" ? "empty" : "a string";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** The first names of a record's fields, as they may be printed. */
export function fieldNames(record: Readonly<Record<string, unknown>>, quote: Quote): string {
  return Object.keys(record).slice(0, 20).map(quote).join(", ");
}

export function asRecord(value: unknown): Readonly<Record<string, unknown>> | null {
  return z.record(z.string(), z.unknown()).safeParse(value).data ?? null;
}
