import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyBaseLogger } from "fastify";
import type { DynamoLeases, Pointer } from "./dynamo-leases.ts";
import type { DynamoRuns } from "./dynamo-runs.ts";
import { isOpen, keyOf, ownerOf } from "./run.ts";
import type { Worker } from "./worker.ts";

export interface LeaseOptions {
  readonly leases: DynamoLeases;
  readonly runs: DynamoRuns;
  readonly worker: Worker;
  /** The name of this process, which no other one has had. */
  readonly holder: string;
  readonly leaseMs: number;
  readonly log: FastifyBaseLogger;
}

/**
 * One lease for a process, whatever the number of its runs. Four times in its duration the process extends it, and looks
 * at all open runs: which of its own were taken or cancelled, and whose holders have no lease any more.
 */
export function keepLease({ leases, runs, worker, holder, leaseMs, log }: LeaseOptions) {
  const everyMs = leaseMs / 4;
  const stopping = new AbortController();

  async function look(): Promise<void> {
    const started = performance.now();
    await leases.extend({ holder, until: Date.now() + leaseMs });
    const open = await leases.open();
    const mine = open.pointers.filter((each) => each.holder === holder);
    worker.leaveAllBut(new Set(mine.map(keyOf)), started);
    const alive = new Set(open.leases.filter(({ until }) => until > Date.now()).map((lease) => lease.holder));
    const orphans = open.pointers.filter((each) => each.holder !== holder && !alive.has(each.holder));
    for (const pointer of [...mine.filter((each) => !worker.holds(keyOf(each))), ...orphans]) {
      // The rest has to wait: the lease must be extended.
      if (stopping.signal.aborted || performance.now() - started > everyMs) return;
      await takeUp(pointer);
    }
    const unused = open.leases.filter((lease) => !alive.has(lease.holder) && lease.holder !== holder);
    for (const lease of unused) await leases.giveBack(lease.holder);
  }

  async function takeUp(pointer: Pointer): Promise<void> {
    const run = await runs.find(ownerOf(pointer), pointer.id);
    if (run === null || !isOpen(run) || run.holder !== pointer.holder) return;
    const taken = run.holder === holder ? run : await runs.commit(run, { ...run, holder });
    if (taken === null) return;
    if (taken !== run) log.info({ runId: run.id }, "run taken up");
    worker.hold(taken);
  }

  async function keep(): Promise<void> {
    while (!stopping.signal.aborted) {
      await look().catch((error) => log.warn({ reason: error.reason }, "lease not extended"));
      await sleep(everyMs, undefined, stopping).catch(() => {});
    }
    await worker.stop();
    await leases
      .giveBack(holder)
      .catch((error) => log.warn({ reason: error.reason }, "lease not given back"));
  }

  const kept = keep();
  return {
    /** Leaves all runs to other processes. Calling it again has no effect. */
    async stop(): Promise<void> {
      stopping.abort();
      await kept;
    },
  };
}
