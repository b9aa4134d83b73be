import type { IncomingMessage, ServerResponse } from "node:http";
import type { BearerToken } from "../domain/index.ts";
import { createContext, type Services, type User } from "../trpc/index.ts";
import type { AccessLog } from "./access-log.ts";
import { handOn } from "./contexts.ts";
import { headersByOrigin } from "./cors.ts";
import { STREAM } from "./trpc-route.ts";

export interface LaneOptions {
  readonly services: Services;
  /** The exact origins that browsers may call from. */
  readonly corsOrigins: readonly string[];
  readonly isDraining: () => boolean;
  readonly accessLog: AccessLog;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface Lane {
  /** Answers a request, or gives it to `others`, at once or when it turns out to be refused. */
  handle(request: IncomingMessage, response: ServerResponse, others: Handler): void;
  /** How many requests wait here for their user. */
  waiting(): number;
}

/** How one path wraps a validation. */
interface Shape {
  /** For the access log. */
  readonly route: string;
  readonly before: string;
  readonly after: string;
}

const SHAPES = new Map<string, Shape>([
  ["/trpc/auth.validate", { route: "/trpc/*", before: '{"result":{"data":', after: "}}" }],
  ["/validate", { route: "/validate", before: "", after: "" }],
]);

const JSON_TYPE = ["content-type", "application/json; charset=utf-8"];

/**
 * Answers "whose token is this?" before Fastify, with the bytes that Fastify would send: from memory at once, else when
 * the user is known. Fastify handles everything else: another path or method, a query, a body, unusual credentials, a
 * connection that waits for an earlier answer or does not read, a server that drains, and every refusal.
 */
export function createLane({ services, corsOrigins, isDraining, accessLog }: LaneOptions): Lane {
  const headersOf = headersByOrigin(corsOrigins);
  let waiting = 0;

  function send(response: ServerResponse, { before, after, route }: Shape, user: User, ms: number): void {
    accessLog.answered("GET", route, 200, ms);
    const body = `${before}${user.validation}${after}`;
    const headers = [...headersOf(response.req.headers.origin), ...JSON_TYPE];
    if (isDraining()) headers.push("connection", "close");
    response.writeHead(200, [...headers, "content-length", `${body.length}`]);
    response.end(body, "latin1"); // it is ASCII, and Node writes this faster
  }

  async function resolve(request: IncomingMessage, response: ServerResponse, shape: Shape, others: Handler) {
    const beganMs = performance.now();
    const waitedMs = () => performance.now() - beganMs;
    const context = createContext(services, request.rawHeaders);
    waiting += 1;
    try {
      const user = await context.user();
      if (!request.socket.writable) return; // its client hung up, and Fastify would log no answer either
      send(response, shape, user, Math.round(waitedMs()));
    } catch {
      handOn(request, { context, waitedMs: waitedMs() });
      others(request, response);
    } finally {
      waiting -= 1;
    }
  }

  return {
    handle(request, response, others) {
      const shape = shapeOf(request, response);
      const token = shape === null || isDraining() ? null : plainToken(request);
      if (shape === null || token === null) return others(request, response);
      const user = services.verifier.recall(token);
      if (user === null) void resolve(request, response, shape, others);
      else send(response, shape, user, 0);
    },
    waiting: () => waiting,
  };
}

/** How to answer the request; null for one that Fastify handles. */
function shapeOf(request: IncomingMessage, response: ServerResponse): Shape | null {
  const { url = "", method, headers, socket } = request;
  const shape = SHAPES.get(url);
  if (shape === undefined || method !== "GET") return null;
  if (headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined) return null;
  if (headers.accept === STREAM || headers["trpc-accept"] === STREAM) return null;
  return response.socket === null || socket.writableLength > 0 ? null : shape;
}

/**
 * The token of a request with ordinary credentials; null for any other. It need not check the characters: a token that
 * is not remembered is read again.
 */
function plainToken({ rawHeaders, headers }: IncomingMessage): BearerToken | null {
  const { authorization } = headers;
  const userToken = headers["x-user-token"];
  let token: unknown = userToken;
  if (authorization !== undefined) {
    // Node keeps only the first of two Authorization headers.
    if (isRepeated(rawHeaders, "authorization") || !/^bearer /i.test(authorization)) return null;
    token = authorization.slice("Bearer ".length);
    if (userToken !== undefined && userToken !== token) return null;
  }
  return typeof token === "string" ? (token as BearerToken) : null;
}

function isRepeated(rawHeaders: readonly string[], name: string): boolean {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const found = rawHeaders[i];
    if (found?.length === name.length && found.toLowerCase() === name) count += 1;
  }
  return count > 1;
}
