import type { $Fetch } from "ofetch";
import type { z } from "zod";
import { boundedBody } from "../bounded-body.ts";
import { ManagementError } from "./management-error.ts";

/** One HTTP request, and what counts as its answer. */
export interface Exchange<Answer> {
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: URL;
  readonly token: string | null;
  readonly body: object | undefined;
  readonly nullStatuses: readonly number[];
  /** Null leaves the body unread. */
  readonly answer: z.ZodType<Answer> | null;
  readonly describe: (status: number) => string;
}

/** Sends one request, then reads and checks its whole answer. Null for a null status, or if no body is wanted. */
export type Send = <Answer>(exchange: Exchange<Answer>, signal: AbortSignal) => Promise<Answer | null>;

const DEFAULTS = {
  redirect: "manual", // a redirect would take the token along
  retry: false,
  ignoreResponseError: true,
  responseType: "stream", // ofetch would read a body of any size
} as const;

export function createSend(maxAnswerBytes: number): Send {
  let request: $Fetch | undefined;
  return async (exchange, signal) => {
    const { method, url, token, body, answer, nullStatuses } = exchange;
    const { FetchError, ofetch } = await import("ofetch"); // it loads Node's fetch, which costs a server's start 30 ms
    request ??= ofetch.create(DEFAULTS);
    try {
      const headers = new Headers({ accept: "application/json" });
      if (token !== null) headers.set("authorization", `Bearer ${token}`);
      const sent = body === undefined ? null : { ...body };
      const response = await request.raw(url.href, { method, body: sent, headers, signal });
      const { ok, status } = response;
      if (!ok || answer === null) response.body?.cancel().catch(() => {}); // frees the connection
      if (nullStatuses.includes(status)) return null;
      if (!ok) {
        const retryAfterMs = waitOf(response.headers);
        throw new ManagementError("status", exchange.describe(status), { status, retryAfterMs });
      }
      if (answer === null) return null;
      const parsed = answer.safeParse(await readJson(response, maxAnswerBytes, signal));
      if (parsed.success) return parsed.data;
      throw new ManagementError("malformed", "the answer is not what Auth0 documents", {
        cause: parsed.error,
      });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ManagementError) throw error;
      // Not ofetch's own error: its message contains the URL, its `options` the token.
      const cause = error instanceof FetchError ? error.cause : error;
      throw new ManagementError("transport", "Auth0 is unreachable", { cause });
    }
  };
}

/** How long an answer asks to wait (RFC 9110 §10.2.3, or Auth0's own header); null if it does not say. */
function waitOf(headers: Headers): number | null {
  const after = headers.get("retry-after") ?? "";
  const reset = headers.get("x-ratelimit-reset") ?? ""; // in seconds since 1970
  if (/^\d{1,9}$/.test(after)) return Number(after) * 1_000;
  const ms = (after === "" ? Number(reset || Number.NaN) * 1_000 : Date.parse(after)) - Date.now();
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

async function readJson(response: Response, maxBytes: number, signal: AbortSignal): Promise<unknown> {
  if (!/^application\/json *(;|$)/i.test(response.headers.get("content-type") ?? "")) {
    response.body?.cancel().catch(() => {});
    throw new ManagementError("malformed", "the answer's content type is not JSON");
  }
  const body = response.body?.pipeThrough(new TransformStream<Uint8Array, Uint8Array>(), { signal });
  const bytes = await boundedBody(body ?? null, maxBytes);
  if (bytes === null) throw new ManagementError("malformed", `the answer is larger than ${maxBytes} bytes`);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    // Without the cause: a SyntaxError quotes the text.
    throw new ManagementError("malformed", "the answer is not valid JSON");
  }
}
