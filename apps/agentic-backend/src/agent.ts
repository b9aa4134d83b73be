import { randomUUID } from "node:crypto";
import { createPlatformClient, reasonOf } from "@platform-api/client";
import { watchStandings } from "@platform-api/client/standings";
import type { FastifyInstance } from "fastify";
import type { Config } from "./config.ts";
import { dynamoLeases } from "./dynamo-leases.ts";
import { dynamoRuns } from "./dynamo-runs.ts";
import { openTable } from "./dynamo-table.ts";
import { keepLease } from "./leases.ts";
import { createRunEvents } from "./run-events.ts";
import { connect } from "./runs-table.ts";
import { serviceToken } from "./service-token.ts";
import { createWorker } from "./worker.ts";

/** What works on runs for as long as the server runs. */
export function startAgent(app: FastifyInstance, config: Config) {
  const { log } = app;
  const holder = randomUUID();
  const table = openTable(connect(config), config.RUNS_TABLE);
  const runs = dynamoRuns(table);
  const ownToken = serviceToken(config);
  const token = () =>
    ownToken().catch((error: Error) => {
      log.warn({ problem: error.message }, "no token of its own");
      throw error;
    });
  // Whether users still stand is asked without their tokens. A lost question is asked again soon.
  const platform = createPlatformClient({ url: config.PLATFORM_URL, token, timeoutMs: 3_000, retries: 0 });
  const standings = watchStandings({
    platform,
    everyMs: config.STANDING_EVERY_MS,
    graceMs: config.STANDING_GRACE_MS,
    onError: (error) =>
      log.error({ reason: reasonOf(error) }, "platform-api refuses to answer about standings"),
  });
  const worker = createWorker({ runs, standings, stepMs: config.STEP_MS, log });
  const lease = keepLease({
    leases: dynamoLeases(table),
    runs,
    worker,
    holder,
    leaseMs: config.LEASE_MS,
    log,
  });
  const events = createRunEvents(runs);
  app.addHook("preClose", async () => {
    events.close();
    // Not awaited: until the last write has ended no new connection should be accepted.
    void lease.stop();
  });
  app.addHook("onClose", async () => {
    await lease.stop();
    standings[Symbol.dispose]();
  });
  return { holder, runs, worker, events };
}

export type Agent = ReturnType<typeof startAgent>;
