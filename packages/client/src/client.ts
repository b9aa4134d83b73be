import type { AppRouter } from "@platform-api/server/router";
import { createTRPCClient, httpLink, retryLink, type TRPCClient } from "@trpc/client";
import { isTransient } from "./platform-error.ts";

/** A user's access token, or where to get the present one; null sends none, as for `discover`. */
export type TokenSupplier = string | (() => string | null | undefined | Promise<string | null | undefined>);

export interface PlatformClientOptions {
  /** The server's base address; `/trpc` is added. */
  readonly url: string;
  readonly token?: TokenSupplier;
  /** Browsers send `authorization` (`Bearer …`), services that forward a user's token send `x-user-token`. */
  readonly tokenHeader?: "authorization" | "x-user-token";
  /** How long one attempt may take, in milliseconds; the server answers within 3 s. */
  readonly timeoutMs?: number;
  /** How often a query is tried again after an outage; a mutation never is. */
  readonly retries?: number;
  readonly fetch?: typeof fetch;
}

export type PlatformClient = TRPCClient<AppRouter>;

/**
 * The typed client of platform-api. Calls are never batched: a batch has one set of headers, and in a service
 * two calls made at the same time may be for two people.
 * @throws {TypeError} when `url` is no http(s) address
 */
export function createPlatformClient({
  url,
  token,
  tokenHeader = "authorization",
  timeoutMs = 4_000,
  retries = 2,
  fetch: send = globalThis.fetch,
}: PlatformClientOptions): PlatformClient {
  return createTRPCClient<AppRouter>({
    links: [
      retryLink({
        retry: ({ error, op, attempts }) =>
          op.type === "query" && attempts <= retries && op.signal?.aborted !== true && isTransient(error),
        retryDelayMs: (attempt) => 100 * 2 ** (attempt - 1) * (1 + Math.random()),
      }),
      httpLink({
        url: trpcUrl(url),
        headers: async () => credentials(await presentToken(token), tokenHeader),
        fetch: (input, init) => sendWithin(timeoutMs, send, input as string, init as RequestInit),
      }),
    ],
  });
}

function trpcUrl(base: string): string {
  const url = new URL(base);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new TypeError("createPlatformClient: url must be an http or https address");
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}/trpc`;
}

async function presentToken(token: TokenSupplier | undefined): Promise<string | null | undefined> {
  return typeof token === "function" ? token() : token;
}

function credentials(token: string | null | undefined, header: "authorization" | "x-user-token") {
  if (token === null || token === undefined) return {};
  return { [header]: header === "authorization" ? `Bearer ${token}` : token };
}

/**
 * One attempt, its body included; a signal of its own, because one that has timed out would end the retries too.
 * Not by `AbortSignal.any` and `AbortSignal.timeout`: on Node 20 the pair is collected and never fires
 * (nodejs/node #57736).
 */
function sendWithin(
  timeoutMs: number,
  send: typeof fetch,
  url: string,
  init: RequestInit,
): Promise<Response> {
  const attempt = new AbortController();
  const timer = setTimeout(
    () => attempt.abort(new DOMException("platform-api did not answer in time", "TimeoutError")),
    timeoutMs,
  );
  if (typeof timer === "object") timer.unref();
  const caller = init.signal;
  const abort = () => attempt.abort(caller?.reason);
  if (caller?.aborted) abort();
  else caller?.addEventListener("abort", abort, { once: true, signal: attempt.signal });
  return send(url, { ...init, signal: attempt.signal });
}
