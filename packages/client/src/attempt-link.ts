import type { AppRouter } from "@platform-api/server/router";
import type { Operation, OperationContext, TRPCLink } from "@trpc/client";
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
 * Asks once, as tRPC does over HTTP. The time runs from the question for the token to the last byte of the answer, and
 * ends with it. An error keeps the HTTP answer that it came of, be it a proxy's page.
 */
export function attemptLink(options: AttemptOptions): TRPCLink<AppRouter> {
  const { url, token, tokenHeader, timeoutMs, fetch: ownFetch } = options;
  const tokenOf = tokenPerOperation(token);
  return () =>
    ({ op }) =>
      observable((observer) => {
        const over = new AbortController();
        let isSent = false;
        let response: Response | undefined;
        const fail = (cause: object) => observer.error(platformError(cause, response));
        const timer = setTimeout(() => {
          const cause = timeoutError(`no ${isSent ? "answer of platform-api" : "token"} in time`);
          fail(isSent ? cause : new TokenUnavailable(cause));
        }, timeoutMs);

        async function send(): Promise<unknown> {
          const headers = credentials(await tokenOf(op), headerOf(op.context, tokenHeader));
          over.signal.throwIfAborted(); // the token came too late
          isSent = true;
          const [query, init] = requestOf(op, headers);
          // The global one of this moment: a test may have replaced it since.
          response = await (ownFetch ?? globalThis.fetch)(`${url}/${op.path}${query}`, {
            ...init,
            signal: over.signal,
            redirect: "manual",
          });
          assertNoRedirect(response);
          return dataIn(await response.json(), response.ok);
        }

        send().then((data) => {
          observer.next({ result: { type: "data", data } });
          observer.complete();
        }, fail);
        return () => {
          clearTimeout(timer);
          over.abort();
        };
      });
}

function requestOf({ type, input }: Operation, headers: Record<string, string>): [string, RequestInit] {
  if (type !== "query") {
    const json = { ...headers, "content-type": "application/json" };
    return ["", { method: "POST", headers: json, body: JSON.stringify(input) }];
  }
  const query = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`;
  return [query, { headers }];
}

/**
 * `fetch` would take the token along to another origin (it strips `Authorization` alone), and what is there would be
 * believed. In a browser such an answer is opaque, and has no status.
 */
function assertNoRedirect({ type, status }: Response): void {
  if (type !== "opaqueredirect" && (status < 300 || status >= 400)) return;
  throw new Error("platform-api answered with a redirect; none is followed");
}

/** What platform-api answers with, unless somebody else has answered in its place. */
interface Envelope {
  readonly result?: { readonly data?: unknown };
  readonly error?: { readonly code?: unknown; readonly message?: unknown; readonly data?: ErrorData };
}

interface ErrorData {
  readonly reason?: unknown;
  readonly httpStatus?: unknown;
}

/** @throws {PlatformError} the server's own; any other error for what is no answer of its */
function dataIn(envelope: Envelope | null, isOk: boolean): unknown {
  const { result, error } = envelope ?? {};
  if (isOk && typeof result === "object" && result !== null) return result.data;
  if (typeof error?.code === "number" && typeof error.message === "string" && isOurs(error.data)) {
    throw platformError({ error });
  }
  throw new Error("this is no answer of platform-api");
}

/** A reason comes with its status; another tRPC server gives none. */
function isOurs({ reason, httpStatus }: ErrorData = {}): boolean {
  return reason === undefined || (typeof reason === "string" && Number.isInteger(httpStatus));
}

/**
 * Asks the supplier once per operation: before the next attempt another user may have signed in, and the operation must
 * not continue for them. `retryLink` passes the same `op` with every attempt.
 */
function tokenPerOperation(token: TokenSupplier | undefined): (op: Operation) => Promise<unknown> {
  const supplied = new WeakMap<Operation, Promise<unknown>>();
  return async (op) => {
    // A call that names a token, even an empty one, never falls back to another: it could be another user's.
    if ("token" in op.context) return op.context.token;
    const answer = supplied.get(op) ?? ask(token);
    supplied.set(op, answer);
    return answer;
  };
}

async function ask(token: TokenSupplier | undefined): Promise<unknown> {
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
