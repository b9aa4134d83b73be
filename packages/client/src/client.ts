import type { AppRouter } from "@platform-api/server/router";
import { createTRPCClient, retryLink, type TRPCClient, type TRPCLink } from "@trpc/client";
import { abortLink } from "./abort-link.ts";
import { attemptLink } from "./attempt-link.ts";
import { LONGEST_WAIT_MS } from "./deadline.ts";
import { assertWithin } from "./option-bounds.ts";
import { isTransient } from "./platform-error.ts";

/** A user's access token, or a function that gets it, called once per operation; null sends none, as for `discover`. */
export type TokenSupplier = string | (() => string | null | undefined | Promise<string | null | undefined>);

export interface PlatformClientOptions {
  /** The server's base address; `/trpc` is added. */
  readonly url: string;
  readonly token?: TokenSupplier | undefined;
  /** Browsers send `authorization` (`Bearer …`), services that forward a user's token send `x-user-token`. */
  readonly tokenHeader?: "authorization" | "x-user-token";
  /** How long one attempt may take, getting the token included, in milliseconds; the server answers within 3 s. */
  readonly timeoutMs?: number;
  /** How often a query is tried again after an outage, at most 10; a mutation never is. */
  readonly retries?: number;
  readonly fetch?: typeof fetch;
}

export type PlatformClient = TRPCClient<AppRouter>;

/**
 * The typed client of platform-api. Calls are never batched: a batch has one set of headers, and in a service
 * two calls made at the same time may be for two people. There one client serves them all: `context.token` of a
 * call wins over `token`.
 * @throws {TypeError} when `url` is no http(s) address, or has `/trpc` already
 * @throws {RangeError} naming the number that is out of bounds
 */
export function createPlatformClient(options: PlatformClientOptions): PlatformClient {
  return createTRPCClient<AppRouter>({ links: platformLinks(options) });
}

const MAX_RETRIES = 10;

/** What a call of the client passes through; `outer` are links of one's own, around all its attempts. */
export function platformLinks(
  { url, token, tokenHeader = "authorization", timeoutMs = 4_000, retries = 2, fetch }: PlatformClientOptions,
  ...outer: TRPCLink<AppRouter>[]
): TRPCLink<AppRouter>[] {
  assertWithin("createPlatformClient: timeoutMs", timeoutMs, [1, LONGEST_WAIT_MS]);
  assertWithin("createPlatformClient: retries", retries, [0, MAX_RETRIES]);
  return [
    abortLink,
    ...outer,
    retryLink({
      retry: ({ error, op, attempts }) => op.type === "query" && attempts <= retries && isTransient(error),
      retryDelayMs: (attempt) => 100 * 2 ** (attempt - 1) * (1 + Math.random()),
    }),
    attemptLink({ url: trpcUrl(url), token, tokenHeader, timeoutMs, fetch }),
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
