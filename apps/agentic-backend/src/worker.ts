import type { FastifyBaseLogger } from "fastify";
import type { Owner, Run, Runs } from "./run.ts";

export type Worker = ReturnType<typeof createWorker>;

/** Does the runs' work. Any number may share a table: each step is a conditional write that one of them wins. */
export function createWorker(runs: Pick<Runs, "put">, log: FastifyBaseLogger) {
  const underWay = new Map<string, Promise<void>>();

  /** The smallest honest work: it counts the words of the title. Done twice, after a crash, it does no harm. */
  async function finish(owner: Owner, { status, ...run }: Run): Promise<void> {
    if (status === "queued" && !(await runs.put(owner, { ...run, status: "running" }, "queued"))) return;
    const words = run.title.split(/\s+/u).length;
    const isFirst = await runs.put(owner, { ...run, status: "succeeded" }, "running");
    if (isFirst) log.info({ runId: run.id, words }, "run succeeded");
  }

  return {
    /** Begins a run, or goes on with what an outage or the end of a process has left behind. */
    take(owner: Owner, run: Run): void {
      if (run.status === "succeeded" || underWay.has(run.id)) return;
      const failed = () => log.warn({ runId: run.id }, "left unfinished until the run is looked at again");
      const work = finish(owner, run).catch(failed);
      underWay.set(
        run.id,
        work.finally(() => underWay.delete(run.id)),
      );
    },
    /** Settles when what is under way is done. */
    idle: () => Promise.all(underWay.values()),
  };
}
