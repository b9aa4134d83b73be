import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/** Headers of an answer that a script of another origin may read. */
const EXPOSED_HEADERS = ["retry-after", "www-authenticate", "x-request-id"];

const PREFLIGHT = {
  // Tracing libraries add theirs to every call of a page.
  "access-control-allow-headers":
    "authorization, baggage, content-type, sentry-trace, traceparent, tracestate, x-request-id, x-user-token",
  "access-control-max-age": "600",
  "content-length": "0", // otherwise some browsers wait for a body
};

/**
 * What every answer to a request from this origin has: names and values in turn.
 * @param origins the exact origins that browsers may call from; none turns CORS off
 */
export function headersByOrigin(origins: readonly string[]): (origin?: string) => readonly string[] {
  const headersOf = (allowed?: string) => [
    ...(origins.length > 0 ? ["vary", "Origin"] : []),
    ...(allowed === undefined ? [] : ["access-control-allow-origin", allowed]),
    ...(origins.length > 0 ? ["access-control-expose-headers", EXPOSED_HEADERS.join(", ")] : []),
    "cache-control",
    "no-store", // identity responses must not be cached
  ];
  const others = headersOf();
  const byOrigin = new Map(origins.map((origin) => [origin, headersOf(origin)]));
  return (origin) => (origin === undefined ? others : (byOrigin.get(origin) ?? others));
}

/** Sets what every answer has. */
export type SetHeaders = (request: FastifyRequest, reply: FastifyReply) => void;

/** @param origins the exact origins that browsers may call from */
export function headersForAll(origins: readonly string[]): SetHeaders {
  const headersOf = headersByOrigin(origins);
  return ({ headers: { origin }, id }, reply) => {
    const headers = headersOf(origin);
    for (let i = 0; i < headers.length; i += 2) void reply.header(headers[i] ?? "", headers[i + 1]);
    void reply.header("x-request-id", id);
  };
}

interface Cors {
  /** The exact origins that browsers may call from. */
  readonly origins: readonly string[];
  /** The methods that anything answers to, in upper case. */
  readonly methods: ReadonlySet<string>;
  readonly setHeaders: SetHeaders;
}

/** Adds what every answer has, and answers every OPTIONS as a preflight, if CORS is on. */
export function allowOrigins(app: FastifyInstance, { origins, methods, setHeaders }: Cors): void {
  app.addHook("onRequest", (request, reply, done) => {
    setHeaders(request, reply);
    done();
  });
  if (origins.length === 0) return;
  const headers = { "access-control-allow-methods": [...methods].join(", "), ...PREFLIGHT };
  app.route({
    method: "OPTIONS",
    url: "*",
    // A hook, because a preflight may have a body of any type.
    onRequest: (_request, reply) => {
      void reply.removeHeader("cache-control").code(204).headers(headers).send();
    },
    handler: () => {},
  });
}
