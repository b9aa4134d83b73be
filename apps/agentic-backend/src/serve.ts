import cors from "@fastify/cors";
import Fastify, { type FastifyRequest } from "fastify";
import type { Config } from "./config.ts";
import { answerError, Refusal } from "./refusal.ts";
import { registerRuns } from "./routes.ts";

/** Where the log goes, one JSON object a line. */
type Log = { write(line: string): unknown };

/** What the log shows of a request: never the URL, for a path may hold anything, a token too. */
const req = ({ method, routeOptions }: FastifyRequest) => ({ method, route: routeOptions.url });

/** Lines as platform-api's: who looks at both compares them. */
const LINES = {
  base: { service: "agentic-backend" },
  timestamp: () => `,"time":"${new Date().toISOString()}"`,
  formatters: { level: (level: string) => ({ level }) },
};

export type Running = Awaited<ReturnType<typeof serveAgenticBackend>>;

/** @throws when the port is taken */
export async function serveAgenticBackend(config: Config, stream: Log = process.stdout) {
  const app = Fastify({
    logger: { level: config.LOG_LEVEL, stream, ...LINES, serializers: { req } },
    bodyLimit: 32_768,
    requestTimeout: 10_000,
    // A path that cannot be read is none of ours.
    frameworkErrors: (cause, ...exchange) => answerError(new Refusal("NOT_FOUND", cause), ...exchange),
  });
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(() => Promise.reject(new Refusal("NOT_FOUND")));
  app.addHook("onSend", async (_request, reply) => {
    void reply.header("cache-control", "no-store");
    if (!app.server.listening) void reply.header("connection", "close");
  });
  app.addHook("preClose", async () => {
    // Whoever is slower: Node looks for slow clients no more then, and browsers have given up.
    setTimeout(() => app.server.closeAllConnections(), 8_000).unref();
  });
  void app.register(cors, {
    origin: config.CORS_ORIGINS,
    allowedHeaders: ["authorization", "content-type", "x-organization-id"],
    exposedHeaders: ["retry-after", "www-authenticate"],
    maxAge: 600,
  });
  app.get("/livez", () => ({ status: "ok" }));
  app.get("/readyz", () => ({ status: "ready" }));
  void app.register((api) => registerRuns(api, config));

  return {
    /** Its base address. */
    url: await app.listen({ host: config.HOST, port: config.PORT }),
    /** Takes no new connections, answers what is under way; calling it again changes nothing. */
    stop: () => app.close(),
  };
}
