import type { AppRouter } from "@platform-api/server/router";
import { httpLink, type OperationContext, type TRPCLink } from "@trpc/client";
import { observable } from "@trpc/server/observable";
import type { PlatformClientOptions, TokenSupplier } from "./client.ts";
import { timeoutError } from "./deadline.ts";
import { platformError, TokenUnavailable } from "./platform-error.ts";
import { sendableToken } from "./sendable-token.ts";

type TokenHeader = NonNullable<PlatformClientOptions["tokenHeader"]>;

export interface AttemptOptions {
  /** Where the procedures are. */
  readonly url: string;
  readonly token: TokenSupplier | undefined;
  readonly tokenHeader: TokenHeader;
  readonly timeoutMs: number;
  readonly fetch: typeof fetch | undefined;
}

/**
 * Asks once. The time runs from the question for the token to the last byte of the answer, and ends with it. An error
 * keeps the HTTP answer that it came of, be it a proxy's page.
 */
export function attemptLink({
  url,
  token,
  tokenHeader,
  timeoutMs,
  fetch: send,
}: AttemptOptions): TRPCLink<AppRouter> {
  return (runtime) => (call) =>
    observable((observer) => {
      let isSent = false;
      let response: Response | undefined;
      const fail = (cause: Error) => observer.error(platformError(cause, response));
      const timer = setTimeout(() => {
        const cause = timeoutError(`no ${isSent ? "answer of platform-api" : "token"} in time`);
        fail(isSent ? cause : new TokenUnavailable(cause));
      }, timeoutMs);
      const link = httpLink<AppRouter>({
        url,
        headers: async ({ op: { context } }) =>
          credentials(await presentToken(context, token), headerOf(context, tokenHeader)),
        fetch: async (input, { signal = null, ...init } = {}) => {
          signal?.throwIfAborted(); // the token came too late
          isSent = true;
          // The global one of this moment: a test may have replaced it since.
          response = await (send ?? globalThis.fetch)(input, { ...init, signal, redirect: "manual" });
          assertNoRedirect(response);
          return response;
        },
      });
      const { unsubscribe } = link(runtime)(call).subscribe({
        ...observer,
        next: (result) => (response?.ok ? observer.next(result) : fail(new Error("a result that is none"))),
        error: fail,
      });
      return () => {
        clearTimeout(timer);
        unsubscribe();
      };
    });
}

/**
 * `fetch` would take the token along to another origin (it strips `Authorization` alone), and what is there would be
 * believed. In a browser such an answer is opaque, and has no status.
 */
function assertNoRedirect({ type, status }: Response): void {
  if (type !== "opaqueredirect" && (status < 300 || status >= 400)) return;
  throw new Error("platform-api answered with a redirect; none is followed");
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

/** A service's questions about its callers go by `x-user-token`, however the client was made. */
function headerOf({ tokenHeader }: OperationContext, fallback: TokenHeader): TokenHeader {
  return tokenHeader === "x-user-token" ? tokenHeader : fallback;
}

function credentials(token: unknown, header: TokenHeader): Record<string, string> {
  if (token === null || token === undefined || token === "") return {};
  const sendable = sendableToken(token);
  return { [header]: header === "authorization" ? `Bearer ${sendable}` : sendable };
}
