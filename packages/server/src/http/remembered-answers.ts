import type { IncomingMessage, ServerResponse } from "node:http";
import type { BearerToken, TokenVerifier } from "../domain/index.ts";
import type { User } from "../trpc/index.ts";
import type { AccessLog } from "./access-log.ts";
import { EXPOSED_HEADERS } from "./cors.ts";
import { STREAM } from "./trpc-route.ts";

export interface RememberedAnswersOptions {
  readonly verifier: Pick<TokenVerifier<User>, "recall">;
  /** The exact origins that browsers may call from. */
  readonly corsOrigins: readonly string[];
  readonly isDraining: () => boolean;
  readonly accessLog: AccessLog;
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

/**
 * Answers "whose token is this?" from memory, before Fastify, with the bytes that Fastify would send. Returns false for
 * everything else, which Fastify then handles: another path or method, a query, a body, unusual credentials, a token
 * without a current answer, a connection that waits for an earlier answer or does not read, and a server that drains.
 */
export function createRememberedAnswers(options: RememberedAnswersOptions) {
  const { verifier, accessLog, isDraining } = options;
  const headersOf = headersByOrigin(options.corsOrigins);

  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const { url = "", headers, socket } = request;
    const shape = SHAPES.get(url);
    if (shape === undefined || request.method !== "GET" || isDraining()) return false;
    if (headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined) return false;
    if (headers.accept === STREAM || headers["trpc-accept"] === STREAM) return false;
    if (response.socket === null || socket.writableLength > 0) return false;
    const token = plainToken(request);
    const user = token === null ? null : verifier.recall(token);
    if (user === null) return false;
    const body = `${shape.before}${user.validation}${shape.after}`;
    response.writeHead(200, [...headersOf(headers.origin), "content-length", `${body.length}`]);
    response.end(body, "latin1"); // it is ASCII, and Node writes this faster
    accessLog.answered("GET", shape.route, 200, 0);
    return true;
  };
}

/**
 * The token of a request with ordinary credentials; null for any other. It need not check the characters: only a token
 * that was accepted before has an answer.
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

/** The headers of an answer, names and values in turn, without its length. */
function headersByOrigin(origins: readonly string[]) {
  const make = (allowed?: string) => [
    ...(origins.length > 0 ? ["vary", "Origin"] : []),
    ...(allowed === undefined ? [] : ["access-control-allow-origin", allowed]),
    ...(origins.length > 0 ? ["access-control-expose-headers", EXPOSED_HEADERS.join(", ")] : []),
    ...["cache-control", "no-store", "content-type", "application/json; charset=utf-8"],
  ];
  const plain = make();
  const byOrigin = new Map(origins.map((origin) => [origin, make(origin)]));
  return (origin: string | undefined): readonly string[] =>
    origin === undefined ? plain : (byOrigin.get(origin) ?? plain);
}
