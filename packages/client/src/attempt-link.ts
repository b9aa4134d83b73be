import type { AppRouter } from "@platform-api/server/router";
import { isAlsoByPost } from "@platform-api/server/wire";
import type { Operation, OperationContext, TRPCLink } from "@trpc/client";
import { observable } from "@trpc/server/observable";
import { codeOf, platformError, rootOf, TokenUnavailable } from "./platform-error.ts";
import { sendableToken } from "./sendable-token.ts";
import type { TokenHeader, TokenSupplier } from "./token-supplier.ts";
import { namedError } from "./waiting.ts";

export interface AttemptOptions {
  /** The base address of the procedures, `/trpc` included. */
  readonly url: string;
  readonly token: TokenSupplier | undefined;
  readonly tokenHeader: TokenHeader;
  readonly timeoutMs: number;
  readonly fetch: typeof fetch | undefined;
}

/**
 * Sends one request, as tRPC does over HTTP. The timeout covers everything from the call of the token supplier to the
 * last byte of the response. An error keeps the HTTP response that caused it, even a proxy's page.
 */
export function attemptLink(options: AttemptOptions): TRPCLink<AppRouter> {
  const { url, token, tokenHeader, timeoutMs, fetch: ownFetch } = options;
  const tokenOf = tokenPerOperation(token);
  return () =>
    ({ op }) =>
      observable((observer) => {
        const address = `${url}/${op.path}`;
        const ended = new AbortController();
        let isSent = false;
        let response: Response | undefined;
        const fail = (cause: object) => observer.error(platformError(cause, response, address));
        const timer = setTimeout(() => {
          const cause = namedError(
            "TimeoutError",
            isSent
              ? `no response from ${address} within ${timeoutMs} ms`
              : `no token from the token supplier within ${timeoutMs} ms`,
          );
          fail(isSent ? cause : new TokenUnavailable(cause));
        }, timeoutMs);

        async function send(): Promise<unknown> {
          const secret = await tokenOf(op);
          const headers = credentials(secret, headerOf(op.context, tokenHeader));
          if (ended.signal.aborted) return; // the token came too late
          isSent = true;
          const [query, init] = requestOf(op, headers);
          // Read the global `fetch` here: a test may have replaced it since the client was created.
          const send = ownFetch ?? globalThis.fetch;
          response = await send(`${address}${query}`, {
            ...init,
            signal: ended.signal,
            redirect: "manual",
          }).catch(unreachable(address, secret));
          assertNoRedirect(response, address);
          return dataIn(await response.json().catch(notJson), response.ok, address);
        }

        send().then((data) => {
          observer.next({ result: { type: "data", data } });
          observer.complete();
        }, fail);
        return () => {
          clearTimeout(timer);
          ended.abort();
        };
      });
}

function requestOf({ type, path, input }: Operation, headers: Record<string, string>): [string, RequestInit] {
  if (type !== "query" || isAlsoByPost(path)) {
    const json = { ...headers, "content-type": "application/json" };
    return ["", { method: "POST", headers: json, body: JSON.stringify(input) }];
  }
  const query = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`;
  return [query, { headers }];
}

/**
 * `fetch` would send the token to the other origin (it strips only `Authorization`), whose answer would be trusted. In a
 * browser a redirect is an opaque response without a status.
 */
function assertNoRedirect({ type, status }: Response, address: string): void {
  if (type !== "opaqueredirect" && (status < 300 || status >= 400)) return;
  throw new Error(`${address} answered with a redirect, which is not followed: is url right?`);
}

/** A page, for example: null, which is not an answer of platform-api. What ended a body early stays an error. */
function notJson(error: unknown): null {
  if (error instanceof SyntaxError) return null;
  throw error;
}

/** Names the address, without the input, and the cause. */
function unreachable(address: string, token: unknown): (error: unknown) => never {
  return (error) => {
    if (error instanceof Error && error.name === "AbortError") throw error;
    throw new TypeError(`cannot reach ${address}: ${causeOf(error, token)}`, { cause: error });
  };
}

/** A code such as ECONNREFUSED, else the words of `fetch`, unless they could quote the token or the input. */
function causeOf(error: unknown, token: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  const root = rootOf(error);
  const code = codeOf(root);
  if (code !== null) return code;
  const { name, message } = root;
  const quotesToken = typeof token === "string" && token !== "" && message.includes(token);
  return !quotesToken && /^(?!.*\S{25})[\w ,.:'()-]{1,100}$/.test(message) ? message : name;
}

/** What platform-api answers with. Any part may be missing when another server has answered. */
interface Envelope {
  readonly result?: { readonly data?: unknown };
  readonly error?: { readonly code?: unknown; readonly message?: unknown; readonly data?: ErrorData };
}

interface ErrorData {
  readonly reason?: unknown;
  readonly httpStatus?: unknown;
}

/** @throws {PlatformError} the error that the server answered with; another error for an unexpected response */
function dataIn(envelope: Envelope | null, isOk: boolean, address: string): unknown {
  const { result, error } = envelope ?? {};
  if (isOk && typeof result === "object" && result !== null) return result.data;
  if (typeof error?.code === "number" && typeof error.message === "string" && isOurs(error.data)) {
    throw platformError({ error });
  }
  throw new Error(`unexpected response of ${address} (not from platform-api): is url right?`);
}

/** platform-api sends the status with every reason; another tRPC server sends no reason. */
function isOurs({ reason, httpStatus }: ErrorData = {}): boolean {
  return reason === undefined || (typeof reason === "string" && Number.isInteger(httpStatus));
}

/**
 * Calls the supplier once per operation: before the next attempt another user may have signed in, and the operation must
 * not continue for them. `retryLink` passes the same `op` with every attempt.
 */
function tokenPerOperation(token: TokenSupplier | undefined): (op: Operation) => Promise<unknown> {
  const supplied = new WeakMap<Operation, Promise<unknown>>();
  return async (op) => {
    // A call that names a token, even an empty one, never falls back to another: it could be another user's.
    if ("token" in op.context) return op.context.token;
    const result = supplied.get(op) ?? supply(token);
    supplied.set(op, result);
    return result;
  };
}

async function supply(token: TokenSupplier | undefined): Promise<unknown> {
  if (typeof token !== "function") return token;
  try {
    return await token();
  } catch (cause) {
    throw new TokenUnavailable(cause);
  }
}

/** A token validator sends its callers' tokens in `x-user-token`, however the client was created. */
function headerOf({ tokenHeader }: OperationContext, fallback: TokenHeader): TokenHeader {
  return tokenHeader === "x-user-token" ? tokenHeader : fallback;
}

function credentials(token: unknown, header: TokenHeader): Record<string, string> {
  if (token === null || token === undefined || token === "") return {};
  const sendable = sendableToken(token);
  return { [header]: header === "authorization" ? `Bearer ${sendable}` : sendable };
}
