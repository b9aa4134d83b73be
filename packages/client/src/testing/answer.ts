import {
  answerCalls,
  createContext,
  headersFor,
  inputProblem,
  isTooDeep,
  type MakeCall,
  Sender,
  type Services,
  statusOf,
  TOO_DEEP,
  type TrpcRequest,
  toTRPCError,
  trpcErrorShape,
} from "@platform-api/server/memory";
import { TRPCError } from "@trpc/server";
import { HttpResponse } from "msw";

const MAX_BODY_BYTES = 32_768;
const JSON_TYPE = /^\s*application\/json\s*(?:;|$)/i;

/** Answers a request over HTTP, as the server does and within its limits. */
export async function answer(
  request: Request,
  endpoint: string,
  services: Services,
  makeCall: MakeCall,
): Promise<Response> {
  const { headers: sent } = request;
  const sender = new Sender(services, {
    rawHeaders: [...sent].flat(),
    trace: { requestId: "mocks", parent: null },
    address: () => "mocks",
    signal: new AbortController().signal, // no deadline, because a test may stop the clock
  });
  const asked = async () =>
    answerCalls(await read(request, endpoint), createContext(services, sender), makeCall);
  const { status, headers, body } = await asked().catch((thrown: unknown) => {
    const error = toTRPCError(thrown);
    return { status: statusOf(error), headers: headersFor([error]), body: { error: trpcErrorShape(error) } };
  });
  return new HttpResponse(JSON.stringify(body), {
    status,
    headers: {
      ...headers,
      "content-type": "application/json",
      "cache-control": "no-store",
      "access-control-allow-origin": sent.get("origin") ?? "*",
      "access-control-expose-headers": "retry-after, www-authenticate, x-request-id",
      "x-request-id": sent.get("x-request-id") ?? crypto.randomUUID(),
    },
  });
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
export function proceduresOf(request: Request, endpoint: string): string[] {
  return pathOf(request, endpoint)?.split(",") ?? [];
}

/** What follows the endpoint, decoded; null if it cannot be. */
function pathOf({ url }: Request, endpoint: string): string | null {
  try {
    return decodeURIComponent(new URL(url).pathname.slice(endpoint.length + 1));
  } catch {
    return null;
  }
}

/** @throws {TRPCError} for a path or a body that the server does not read */
async function read(request: Request, endpoint: string): Promise<TrpcRequest> {
  const path = pathOf(request, endpoint);
  if (path === null) throw inputProblem("the path is not encoded correctly");
  const { searchParams } = new URL(request.url);
  const { "content-type": type = "", ...headers } = Object.fromEntries(request.headers);
  const bytes = await request.arrayBuffer();
  if (bytes.byteLength > MAX_BODY_BYTES) throw new TRPCError({ code: "PAYLOAD_TOO_LARGE" });
  const body = new TextDecoder().decode(bytes);
  if (isTooDeep(body)) throw inputProblem(TOO_DEEP);
  return {
    path,
    method: request.method,
    query: Object.fromEntries(
      [...searchParams.keys()].map((name) => [name, queryValue(searchParams.getAll(name))]),
    ),
    headers: JSON_TYPE.test(type) ? { ...headers, "content-type": type } : headers,
    body,
  };
}

/** A value that is given once, or all of them. */
function queryValue([first = "", ...others]: readonly string[]): string | string[] {
  return others.length === 0 ? first : [first, ...others];
}
