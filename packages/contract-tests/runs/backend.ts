import { createPlatformClient } from "@platform-api/client";
import { type Standings, watchStandings } from "@platform-api/client/standings";
import Fastify from "fastify";
import { actOn, begin } from "../../../apps/agentic-backend/src/acting.ts";
import type { DynamoLeases } from "../../../apps/agentic-backend/src/dynamo-leases.ts";
import { keepLease } from "../../../apps/agentic-backend/src/leases.ts";
import { ACTS, newRun, ownerOf, type Run } from "../../../apps/agentic-backend/src/run.ts";
import { createWorker, type Worker } from "../../../apps/agentic-backend/src/worker.ts";
import { EVERY_MS, GRACE_MS } from "./judge.ts";
import type { RunStore } from "./run-store.ts";

export const LEASE_MS = 10_000;
const { log } = Fastify();

export interface BackendOptions {
  readonly holder: string;
  readonly store: RunStore;
  readonly stepMs: number;
  /** The answer of platform-api over the network. */
  readonly answer: (request: RequestInit) => Promise<Response>;
  /** What a negative control replaces. */
  readonly standings: (standings: Standings) => Standings;
  readonly leases: (leases: DynamoLeases, holder: string) => DynamoLeases;
  readonly worker: (worker: Worker) => Worker;
}

export type Backend = ReturnType<typeof bootBackend>;

/** A process of agentic-backend, composed as it composes itself. */
export function bootBackend({
  holder,
  store,
  stepMs,
  answer,
  standings,
  leases,
  worker: working,
}: BackendOptions) {
  let isDead = false;
  const stored = store.usedBy(() => isDead);
  const { runs } = stored;
  const platform = createPlatformClient({
    url: "http://platform.test",
    token: "service-token",
    timeoutMs: 3_000,
    retries: 0,
    fetch: (_, request = {}) => (isDead ? new Promise(() => {}) : answer(request)),
  });
  const watch = watchStandings({ platform, everyMs: EVERY_MS, graceMs: GRACE_MS });
  const worker = working(createWorker({ runs, standings: standings(watch), stepMs, log }));
  const lease = keepLease({
    leases: leases(stored.leases, holder),
    runs,
    worker,
    holder,
    leaseMs: LEASE_MS,
    log,
  });
  const end = async () => {
    await lease.stop();
    watch[Symbol.dispose]();
  };
  return {
    start(id: string, subject: Run["subject"]): Promise<Run> {
      const run = newRun({ id, title: "a run", isFailing: false, subject, holder }, new Date().toISOString());
      return begin(run, "a document", async () => null, { runs, worker });
    },

    /** @throws {Refusal} CONFLICT, STORE_UNAVAILABLE */
    act(name: "approve" | "cancel", run: Run, subject: Run["subject"]): Promise<unknown> {
      const find = async () => (await runs.find(ownerOf(run.subject), run.id)) ?? run;
      const by = (present: Run) => ACTS[name](present, { subject, holder, at: new Date().toISOString() });
      return actOn(find, by, { runs, worker });
    },

    /** As it ends when it is asked to. */
    end,

    /** Nothing that it would do now happens. What it has sent may be stored. */
    crash(): void {
      isDead = true;
      void end();
      watch[Symbol.dispose]();
    },
  };
}
