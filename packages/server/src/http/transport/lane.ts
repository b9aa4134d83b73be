import type { IncomingMessage, ServerResponse } from "node:http";
import type { SenderPorts, User } from "../../answer/index.ts";
import type { BearerToken, RequestTrace } from "../../domain/index.ts";
import { STREAM } from "../../trpc/index.ts";
import type { AccessLog } from "./access-log.ts";
import { headersByOrigin } from "./cors.ts";
import { FORWARD_AUTH, identityHeaders } from "./forward-auth-route.ts";
import type { RequestEvents } from "./request-events.ts";
import { handOn, requestTrace, type SenderOf } from "./senders.ts";

export interface LaneOptions {
  readonly verifier: SenderPorts["verifier"];
  readonly senderOf: SenderOf;
  /** The exact origins that browsers may call from. */
  readonly corsOrigins: readonly string[];
  readonly isDraining: () => boolean;
  /** What is answered from memory is answered even then, because a refusal costs more. */
  readonly isOverloaded: () => boolean;
  readonly answered: AccessLog["answered"];
  readonly called: RequestEvents["called"];
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface Lane {
  /** Answers a request, or gives it to `others`, at once or when it turns out to be refused. */
  handle(request: IncomingMessage, response: ServerResponse, others: Handler): void;
  /** How many requests wait here for their user. */
  waiting(): number;
}

/** How one path answers. */
interface Shape {
  /** For the access log. */
  readonly route: string;
  /** For the access log and metrics. Without an input there is no organization. */
  readonly names: { readonly procedure: string; readonly organization: null };
  /** Names and values in turn. */
  headersOf(user: User): readonly string[];
  /** In ASCII. */
  bodyOf(user: User): string;
}

const JSON_TYPE = ["content-type", "application/json; charset=utf-8"];
const VALIDATE = {
  names: { procedure: "auth.validate", organization: null },
  headersOf: () => JSON_TYPE,
};
const FORWARDED: Shape = {
  route: "/forward-auth",
  names: { procedure: FORWARD_AUTH, organization: null },
  headersOf: (user) => Object.entries(identityHeaders(user)).flat(),
  bodyOf: () => "",
};

const SHAPES = new Map<string, Shape>([
  [
    "/trpc/auth.validate",
    { ...VALIDATE, route: "/trpc/*", bodyOf: ({ validation }) => `{"result":{"data":${validation}}}` },
  ],
  ["/validate", { ...VALIDATE, route: "/validate", bodyOf: ({ validation }) => validation }],
  ["/forward-auth", FORWARDED],
  ["/forward-auth?", FORWARDED], // Caddy asks so, which drops the query of its client
]);

/**
 * Answers "whose token is this?" (`auth.validate`, forward-auth) before Fastify, with the bytes that Fastify would send:
 * from memory at once, else when the user is known. Fastify handles everything else: another path or method, a query, a
 * body, unusual credentials, a connection that waits for an earlier answer or does not read, a server that drains or has
 * too much to do, and every refusal.
 */
export function createLane(options: LaneOptions): Lane {
  const { verifier, senderOf, corsOrigins, isDraining, isOverloaded } = options;
  const headersOf = headersByOrigin(corsOrigins);
  let waiting = 0;

  function send(response: ServerResponse, shape: Shape, user: User, trace: RequestTrace): void {
    const body = shape.bodyOf(user);
    const headers = [
      ...headersOf(response.req.headers.origin),
      "x-request-id",
      trace.requestId,
      ...shape.headersOf(user),
    ];
    if (isDraining()) headers.push("connection", "close");
    headers.push("content-length", `${body.length}`);
    response.writeHead(200, headers);
    response.end(body, "latin1"); // it is ASCII, and Node writes this faster
  }

  function sent({ route, names }: Shape, trace: RequestTrace, beganMs: number): void {
    options.answered("GET", route, 200, performance.now() - beganMs, trace, names);
    options.called(names.procedure, "OK");
  }

  async function resolve(request: IncomingMessage, response: ServerResponse, shape: Shape, others: Handler) {
    const beganMs = performance.now();
    const trace = requestTrace(request);
    const sender = senderOf(request);
    try {
      const user = await sender.user();
      if (!request.socket.writable) return; // its client hung up, and Fastify would log no answer either
      send(response, shape, user, trace);
      sent(shape, trace, beganMs);
    } catch {
      handOn(request, { sender, waitedMs: performance.now() - beganMs });
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
      const beganMs = performance.now();
      const user = verifier.recall(token);
      if (user !== null) {
        const trace = requestTrace(request);
        send(response, shape, user, trace);
        sent(shape, trace, beganMs);
        return;
      }
      waiting += 1;
      if (!isOverloaded()) return void resolve(request, response, shape, others);
      waiting -= 1;
      others(request, response);
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
 * The token of a request with ordinary credentials and one `Host`; null for any other. It need not check the
 * characters: a token that is not remembered is read again.
 */
function plainToken({ rawHeaders, headers }: IncomingMessage): BearerToken | null {
  const { authorization } = headers;
  const userToken = headers["x-user-token"];
  let token: unknown = userToken;
  if (authorization !== undefined) {
    if (isRepeated(rawHeaders, "authorization") || !/^bearer /i.test(authorization)) return null;
    token = authorization.slice("Bearer ".length);
    if (userToken !== undefined && userToken !== token) return null;
  }
  return typeof token === "string" && !isRepeated(rawHeaders, "host") ? (token as BearerToken) : null;
}

/** Node keeps only the first of two such lines. */
const SINGLE = { host: "Host", authorization: "Authorization" } as const;

/** Whether a request has two lines of a header. It compares with the usual spelling first, which is faster. */
export function isRepeated(rawHeaders: readonly string[], name: keyof typeof SINGLE): boolean {
  const usual = SINGLE[name];
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const found = rawHeaders[i];
    if (found?.length !== name.length) continue;
    if (found === usual || found.toLowerCase() === name) count += 1;
  }
  return count > 1;
}
