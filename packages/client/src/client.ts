import type { AppRouter } from "@platform-api/server/router";
import { MAX_TIMER_MS } from "@platform-api/server/wire";
import { createTRPCClient, retryLink, type TRPCClient, type TRPCLink } from "@trpc/client";
import { abortLink } from "./abort-link.ts";
import { attemptLink } from "./attempt-link.ts";
import type { IfInstalled, InstalledClient } from "./installed-trpc.ts";
import { assertWithin } from "./options.ts";
import { type ErrorClass, extendErrorClass, isTransient } from "./platform-error.ts";
import type { TokenSupplier } from "./token-supplier.ts";

export interface PlatformClientOptions {
  /** The server's base address; `/trpc` is added. */
  readonly url: string;
  readonly token?: TokenSupplier | undefined;
  /** Browsers send `authorization` (`Bearer …`), services that forward a user's token send `x-user-token`. */
  readonly tokenHeader?: "authorization" | "x-user-token";
  /** How long one attempt may take in milliseconds, including the token supplier. The server answers within 3 s. */
  readonly timeoutMs?: number;
  /** How often a query is retried after an outage, at most 10. Mutations and OVERLOADED are never retried. */
  readonly retries?: number;
  readonly fetch?: typeof fetch;
  /** Your own tRPC's `TRPCClientError`: every error of this package is then an instance of it, too. */
  readonly errorClass?: ErrorClass;
}

export type PlatformClient = IfInstalled<InstalledClient, TRPCClient<AppRouter>>;

/**
 * Creates the typed client of platform-api. Calls are never batched: a batch has one set of headers, and in a service
 * two concurrent calls may be for two users. One client serves all users of a service: `context.token` of a call takes
 * precedence over `token`.
 * @throws {TypeError} when `url` is not an http(s) address, or already ends with `/trpc`
 * @throws {RangeError} naming the option that is out of bounds
 */
export function createPlatformClient(options: PlatformClientOptions): PlatformClient {
  if (options.errorClass !== undefined) extendErrorClass(options.errorClass);
  return createTRPCClient<AppRouter>({ links: platformLinks(options) });
}

const MAX_RETRIES = 10;

/** The links of a client. The `outer` ones wrap all attempts of a call. */
export function platformLinks(
  { url, token, tokenHeader = "authorization", timeoutMs = 4_000, retries = 2, fetch }: PlatformClientOptions,
  ...outer: TRPCLink<AppRouter>[]
): TRPCLink<AppRouter>[] {
  assertWithin("createPlatformClient: timeoutMs", timeoutMs, [1, MAX_TIMER_MS]);
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

/** React Native's `URL` accepts everything, and has no `canParse`. */
const BASE_ADDRESS = /^https?:\/\/(?:\[[\da-f:.]+\]|[^\s/?#@\\:]+)(?::\d+)?(?:\/[^\s?#]*)?$/i;

function trpcUrl(url: string): string {
  const base = String(url).replace(/\/+$/, "");
  if (!BASE_ADDRESS.test(base) || base.endsWith("/trpc")) {
    const shown = base.replace(/\/\/.*@/, "//"); // without credentials
    throw new TypeError(
      `createPlatformClient: url must be the server's base address, such as https://platform.example, without /trpc, and is "${shown}"`,
    );
  }
  return `${base}/trpc`;
}
