import type { $Fetch } from "ofetch";
import { CljClientError } from "./error.ts";
import { readJson } from "./reply.ts";
import type { WireCall } from "./wire.ts";

export interface ExchangeOptions {
  readonly url: string;
  readonly token: string;
  readonly maxReplyBytes: number;
  readonly fetch: typeof globalThis.fetch | undefined;
}

/**
 * Creates a function that sends one request, then reads and checks its whole reply.
 * @throws {TypeError} `url` or `token` is not usable; the message contains neither
 */
export function createExchange({ url, token, maxReplyBytes, fetch }: ExchangeOptions) {
  const base = baseUrl(url);
  // `Headers` would quote the token that it refuses.
  if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token))
    throw new TypeError("the token is not a header value");
  const own = { accept: "application/json", authorization: `Bearer ${token}` };
  const defaults = {
    redirect: "manual", // a redirect could lead to another directory
    retry: false,
    ignoreResponseError: true,
    responseType: "stream", // ofetch would read a body of any size
  } as const;
  let request: $Fetch | undefined;

  return async <Answer>(
    call: WireCall<Answer>,
    signal: AbortSignal,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> => {
    const { FetchError, ofetch } = await import("ofetch"); // it loads Node's fetch, which costs a server's start 30 ms
    request ??= ofetch.create(defaults, fetch ? { fetch } : {});
    try {
      const response = await request.raw(new URL(call.path, base).href, {
        method: call.method,
        body: call.body,
        headers: withOwn(headers, own),
        signal,
      });
      const { status } = response;
      if (!call.statuses.includes(status)) {
        response.body?.cancel().catch(() => {}); // frees the connection: the body is not read
        throw new CljClientError("status", `the service answered ${status}`, { status });
      }
      const answer = call.answer.safeParse(await readJson(response, maxReplyBytes, signal));
      if (answer.success) return answer.data;
      throw new CljClientError("malformed", "the reply does not match the contract", { cause: answer.error });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof CljClientError) throw error;
      // Not ofetch's own error: its message contains the URL, its `options` the token.
      const cause = error instanceof FetchError ? error.cause : error;
      throw new CljClientError("transport", "the service is unreachable", { cause });
    }
  };
}

/** As `Headers`, because names may differ in case. */
function withOwn(headers: Readonly<Record<string, string>>, own: Readonly<Record<string, string>>): Headers {
  const sent = new Headers(headers);
  for (const [name, value] of Object.entries(own)) sent.set(name, value);
  return sent;
}

function baseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null; // Node has `URL.parse` since 20.18
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) {
    throw new TypeError("the url is not an http(s) address without credentials");
  }
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}
