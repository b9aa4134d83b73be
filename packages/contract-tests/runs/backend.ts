import { createPlatformClient } from "@platform-api/client";
import { type Standings, watchStandings } from "@platform-api/client/standings";
import Fastify from "fastify";
import type { DynamoLeases } from "../../../apps/agentic-backend/src/dynamo-leases.ts";
import { keepLease } from "../../../apps/agentic-backend/src/leases.ts";
import { ACTS, isOpen, newRun, type Run } from "../../../apps/agentic-backend/src/run.ts";
import { createWorker } from "../../../apps/agentic-backend/src/worker.ts";
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
}

export type Backend = ReturnType<typeof bootBackend>;

/** A process of agentic-backend, composed as it composes itself. */
export function bootBackend({ holder, store, stepMs, answer, standings, leases }: BackendOptions) {
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
  const worker = createWorker({ runs, standings: standings(watch), stepMs, log });
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
    /** What its route does. */
    async start(id: string, subject: Run["subject"]): Promise<void> {
      const run = newRun({ id, title: "a run", isFailing: false, subject, holder }, new Date().toISOString());
      const stored = await runs.commit(null, run, "a document");
      if (stored !== null) worker.hold(stored);
    },

    /** The same. @throws {Refusal} CONFLICT */
    async act(name: "approve" | "cancel", present: Run, subject: Run["subject"]): Promise<void> {
      const next = ACTS[name](present, { subject, holder, at: new Date().toISOString() });
      const stored = next === present ? present : await runs.commit(present, next);
      if (stored === null) return;
      if (isOpen(stored)) worker.hold(stored);
      else worker.leave(stored);
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
