import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyBaseLogger } from "fastify";
import type { DynamoRuns } from "./dynamo-runs.ts";
import { isFinished, type Owner, type Run } from "./run.ts";

/**
 * A minimal stand-in for real work, which counts the words of a title and takes `durationMs` for it. Of concurrent
 * workers, and of the work and a cancellation, one wins each write.
 */
export function createWorker(runs: DynamoRuns, durationMs: number, log: FastifyBaseLogger) {
  const stopping = new AbortController();
  const inProgress = new Map<string, Promise<void>>();

  async function work(owner: Owner, run: Run): Promise<void> {
    if (run.status === "queued" && !(await runs.put(owner, { ...run, status: "running" }, "queued"))) return;
    if (durationMs > 0) await sleep(durationMs, undefined, { signal: stopping.signal });
    const words = run.title.split(/\s+/u).length;
    const result = `Counted the words of the title: ${words}`;
    const isFirst = await runs.put(owner, { ...run, status: "succeeded", result }, "running");
    if (isFirst) log.info({ runId: run.id, words }, "run succeeded");
  }

  return {
    /** Starts a run, or resumes one that an outage or a crash has interrupted. No answer waits for it. */
    start(owner: Owner, run: Run): void {
      const key = `${owner}#${run.id}`;
      if (isFinished(run) || inProgress.has(key)) return;
      const step = work(owner, run)
        .catch(() => log.warn({ runId: run.id }, "run interrupted; it resumes the next time it is read"))
        .finally(() => inProgress.delete(key));
      inProgress.set(key, step);
    },
    /** Interrupts what still takes time, and resolves when the last write has ended. */
    async stop(): Promise<void> {
      stopping.abort();
      await Promise.all(inProgress.values());
    },
  };
}
