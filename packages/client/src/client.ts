import type { AppRouter } from "@platform-api/server/router";
import {
  createTRPCClient,
  httpLink,
  type OperationContext,
  retryLink,
  type TRPCClient,
  type TRPCLink,
} from "@trpc/client";
import { isTransient, TokenUnavailable } from "./platform-error.ts";
import { sendableToken } from "./sendable-token.ts";

/** A user's access token, or where to get the present one; null sends none, as for `discover`. */
export type TokenSupplier = string | (() => string | null | undefined | Promise<string | null | undefined>);

export interface PlatformClientOptions {
  /** The server's base address; `/trpc` is added. */
  readonly url: string;
  readonly token?: TokenSupplier | undefined;
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
 * two calls made at the same time may be for two people. There one client serves them all: `context.token` of a
 * call wins over `token`.
 * @throws {TypeError} when `url` is no http(s) address, or has `/trpc` already
 */
export function createPlatformClient(options: PlatformClientOptions): PlatformClient {
  return createTRPCClient<AppRouter>({ links: platformLinks(options) });
}

/** What a call of the client passes through, for those who put links of their own before it. */
export function platformLinks({
  url,
  token,
  tokenHeader = "authorization",
  timeoutMs = 4_000,
  retries = 2,
  fetch: send,
}: PlatformClientOptions): TRPCLink<AppRouter>[] {
  return [
    retryLink({
      retry: ({ error, op, attempts }) =>
        op.type === "query" && attempts <= retries && op.signal?.aborted !== true && isTransient(error),
      retryDelayMs: (attempt) => 100 * 2 ** (attempt - 1) * (1 + Math.random()),
    }),
    httpLink({
      url: trpcUrl(url),
      headers: async ({ op: { context } }) =>
        credentials(await presentToken(context, token), headerOf(context, tokenHeader)),
      // The global one of this moment: a test may have replaced it since.
      fetch: (input, init) =>
        sendWithin(timeoutMs, send ?? globalThis.fetch, input as string, init as RequestInit),
    }),
  ];
}

function trpcUrl(base: string): string {
  const url = URL.canParse(base) ? new URL(base) : null;
  const path = url?.pathname.replace(/\/+$/, "") ?? "";
  if (url === null || !/^https?:$/.test(url.protocol) || path.endsWith("/trpc")) {
    throw new TypeError(
      "createPlatformClient: url must be the server's base address, such as https://platform.example, without /trpc",
    );
  }
  return `${url.origin}${path}/trpc`;
}

/** A call that names a token, be it none, never falls back on another one: that would be somebody else's. */
async function presentToken(context: OperationContext, token: TokenSupplier | undefined): Promise<unknown> {
  if ("token" in context) return context.token;
  if (typeof token !== "function") return token;
  try {
    return await token();
  } catch (cause) {
    throw new TokenUnavailable(cause);
  }
}

type TokenHeader = NonNullable<PlatformClientOptions["tokenHeader"]>;

/** A service's questions about its callers go by `x-user-token`, however the client was made. */
function headerOf({ tokenHeader }: OperationContext, fallback: TokenHeader): TokenHeader {
  return tokenHeader === "x-user-token" ? tokenHeader : fallback;
}

function credentials(token: unknown, header: TokenHeader): Record<string, string> {
  if (token === null || token === undefined || token === "") return {};
  const sendable = sendableToken(token);
  return { [header]: header === "authorization" ? `Bearer ${sendable}` : sendable };
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
