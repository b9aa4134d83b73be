import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { createPlatformClient } from "@platform-api/client";
import { platformAuth } from "@platform-api/client/fastify";
import { createApp, type Log } from "./app.ts";
import type { Config } from "./config.ts";
import { dynamoRuns } from "./dynamo-runs.ts";
import { registerRuns } from "./routes.ts";
import { connect } from "./runs-table.ts";
import { createWorker } from "./worker.ts";

const LINGER_MS = 1_000;
const DRAIN_MS = 15_000;
const CUT_AFTER_MS = 500;

/** A running agentic-backend. */
export interface Running {
  /** Its base address. */
  readonly url: string;
  /** Not ready at once, listens on for a moment, answers what is under way; calling it again changes nothing. */
  stop(): Promise<void>;
}

/** @throws when the port is taken */
export async function serveAgenticBackend(config: Config, log: Log = process.stdout): Promise<Running> {
  const app = createApp(config, log);
  const store = connect(config);
  const runs = dynamoRuns(store, config.RUNS_TABLE);
  const worker = createWorker(runs, app.log);
  const underWay = new Set<ServerResponse>();
  let draining: Promise<void> | undefined;

  app.addHook("onRequest", async (_request, { raw }) => {
    underWay.add(raw);
    raw.once("close", () => underWay.delete(raw));
  });
  app.addHook("onSend", async (_request, reply) => {
    if (draining !== undefined) void reply.header("connection", "close");
  });
  app.get("/livez", () => ({ status: "ok" }));
  app.get("/readyz", (_request, reply) =>
    draining === undefined ? { status: "ready" } : reply.code(503).send({ status: "draining" }),
  );
  void app.register(async (api) => {
    const client = createPlatformClient({ url: config.PLATFORM_URL, tokenHeader: "x-user-token" });
    await api.register(platformAuth, { client });
    registerRuns(api, runs, worker);
  });

  async function drain(): Promise<void> {
    for (let ms = 0; ms < LINGER_MS || (underWay.size > 0 && ms < DRAIN_MS); ms += 20) await sleep(20);
    const cut = setTimeout(() => app.server.closeAllConnections(), CUT_AFTER_MS);
    await app.close();
    clearTimeout(cut);
    await worker.idle();
    store.destroy();
  }

  const url = await app.listen({ host: config.HOST, port: config.PORT });
  return {
    url,
    stop: () => {
      draining ??= drain();
      return draining;
    },
  };
}
