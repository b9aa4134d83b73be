import { getTRPCErrorShape } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { HttpResponse } from "msw";
import { headersFor, Refused } from "./refused.ts";
import { type Question, testRouter } from "./test-router.ts";

const MAX_BATCH_SIZE = 10;
const MAX_BODY_BYTES = 32_768;

/** The answer over HTTP, within the server's limits. */
export async function answer(request: Request, endpoint: string, question: Question): Promise<Response> {
  const refusal = await tooMuch(request, endpoint);
  const response =
    refusal ??
    (await fetchRequestHandler({
      endpoint,
      req: request,
      router: testRouter,
      createContext: () => question,
      responseMeta: ({ errors }) => ({ headers: new Headers(headersFor(errors)) }),
    }));
  response.headers.set("content-type", "application/json");
  response.headers.set("cache-control", "no-store");
  response.headers.set("access-control-allow-origin", request.headers.get("origin") ?? "*");
  response.headers.set("access-control-expose-headers", "retry-after, www-authenticate");
  return response;
}

/** Browsers, and what stands for them in tests, may call from every origin. */
export function preflight(request: Request): Response {
  const headers = {
    "access-control-allow-origin": request.headers.get("origin") ?? "*",
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "authorization, content-type, x-user-token",
  };
  return new HttpResponse(null, { status: 204, headers });
}

/** Of a batch there are several. */
export function proceduresOf({ url }: Request, endpoint: string): string[] {
  return decodeURIComponent(new URL(url).pathname.slice(endpoint.length + 1)).split(",");
}

async function tooMuch(request: Request, endpoint: string): Promise<Response | null> {
  if (proceduresOf(request, endpoint).length > MAX_BATCH_SIZE) {
    const problem = `at most ${MAX_BATCH_SIZE} calls in a batch`;
    return refuseRequest(new Refused("INPUT_INVALID", { problem }));
  }
  const { byteLength } = await request.clone().arrayBuffer();
  return byteLength > MAX_BODY_BYTES ? refuseRequest(new Refused("TOO_LARGE")) : null;
}

/** A request that reaches no procedure: the error is without a path. */
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
