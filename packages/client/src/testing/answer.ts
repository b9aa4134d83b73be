import { isAlsoByPost } from "@platform-api/server/wire";
import { getTRPCErrorShape } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { HttpResponse } from "msw";
import type { RequestContext } from "./init.ts";
import { headersFor, Refused } from "./refused.ts";
import { testRouter } from "./test-router.ts";

const MAX_BATCH_SIZE = 10;
const MAX_BODY_BYTES = 32_768;

/** Answers a request over HTTP, within the server's limits. */
export async function answer(request: Request, endpoint: string, context: RequestContext): Promise<Response> {
  const refusal = await refuseUnanswerable(request, endpoint);
  const response =
    refusal ??
    (await fetchRequestHandler({
      endpoint,
      req: request,
      router: testRouter,
      createContext: () => context,
      allowMethodOverride: proceduresOf(request, endpoint).every(isAlsoByPost),
      responseMeta: ({ errors }) => ({ headers: new Headers(headersFor(errors)) }),
    }));
  response.headers.set("content-type", "application/json");
  response.headers.set("cache-control", "no-store");
  response.headers.set("access-control-allow-origin", request.headers.get("origin") ?? "*");
  response.headers.set("access-control-expose-headers", "retry-after, www-authenticate, x-request-id");
  response.headers.set("x-request-id", request.headers.get("x-request-id") ?? crypto.randomUUID());
  return response;
}

/** Allows calls from every origin, for browsers and for simulated browsers in tests. */
export function preflight(request: Request): Response {
  const headers = {
    "access-control-allow-origin": request.headers.get("origin") ?? "*",
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers":
      "authorization, baggage, content-type, sentry-trace, traceparent, tracestate, x-request-id, x-user-token",
  };
  return new HttpResponse(null, { status: 204, headers });
}

/** Several when the request is a batch. */
export function proceduresOf({ url }: Request, endpoint: string): string[] {
  return decodeURIComponent(new URL(url).pathname.slice(endpoint.length + 1)).split(",");
}

async function refuseUnanswerable(request: Request, endpoint: string): Promise<Response | null> {
  if (proceduresOf(request, endpoint).length > MAX_BATCH_SIZE) {
    const problem = `at most ${MAX_BATCH_SIZE} calls in a batch`;
    return refuseRequest(new Refused("INPUT_INVALID", { problem }));
  }
  if (["accept", "trpc-accept"].some((name) => request.headers.get(name) === "application/jsonl")) {
    const problem = "httpBatchStreamLink is not supported, use httpBatchLink or httpLink";
    return refuseRequest(new Refused("INPUT_INVALID", { problem }));
  }
  const { byteLength } = await request.clone().arrayBuffer();
  return byteLength > MAX_BODY_BYTES ? refuseRequest(new Refused("TOO_LARGE")) : null;
}

/** The answer to a request that reaches no procedure: its error has no path. */
function refuseRequest(error: Refused): Response {
  const shape = getTRPCErrorShape({
    config: testRouter._def._config,
    error,
    type: "unknown",
    path: undefined,
    input: undefined,
    ctx: undefined,
  });
  return HttpResponse.json({ error: shape }, { status: shape.data.httpStatus, headers: headersFor([error]) });
}
