import { setTimeout as sleep } from "node:timers/promises";
import { StandingEnded, type Standings } from "@platform-api/client/standings";
import type { FastifyBaseLogger } from "fastify";
import type { DynamoRuns } from "./dynamo-runs.ts";
import { begun, ended, isOpen, keyOf, nextStep, type Outcome, type Run, stopped, waiting } from "./run.ts";
import { STEPS, type StepName } from "./steps/steps.ts";

export interface WorkerOptions {
  readonly runs: DynamoRuns;
  readonly standings: Standings;
  /** How long a step takes at least. */
  readonly stepMs: number;
  readonly log: FastifyBaseLogger;
}

export type Worker = ReturnType<typeof createWorker>;

/** A run that this process works on, or whose approval it waits for. */
interface Held {
  /** At which it was taken up. */
  readonly rev: number;
  /** On the clock of `performance.now()`. */
  readonly since: number;
  readonly left: AbortController;
}

/** The run has changed since it was read: it was cancelled, or another process has it. */
class Lost extends Error {}

/** Whether the step of a run that shall fail is the one: not the first, so that something is kept. */
const failsByChance = (name: StepName) => name === "summarize" || (name === "find" && Math.random() < 0.5);

const RETRY = "Retry the run: it goes on with this step.";

const now = () => new Date().toISOString();

/** What runs ask within this time is one request to platform-api, also where many start at once. */
const TOGETHER_MS = 30;

/**
 * Works on the runs that this process holds. It asks before each step whether the run's user still stands, and watches
 * while a step takes its time or a run waits.
 */
export function createWorker({ runs, standings, stepMs, log }: WorkerOptions) {
  const held = new Map<string, Held>();
  const working = new Set<Promise<void>>();
  const ask = askTogether(standings);
  let isStopping = false;

  async function commit(present: Run, next: Run): Promise<Run> {
    const stored = await runs.commit(present, next);
    if (stored === null) throw new Lost();
    if (stored.status !== present.status && stored.status !== "running")
      log.info({ runId: stored.id, reason: stored.stopped }, `run ${stored.status}`);
    return stored;
  }

  /** What it has not stored when it ends is done again by the process that takes the run up. */
  async function perform(taken: Run, left: AbortSignal): Promise<void> {
    let run = taken;
    using standing = standings.watch(run.subject);
    const until = AbortSignal.any([left, standing]);
    try {
      const document = await runs.documentOf(run);
      for (let step = nextStep(run); step !== null && isOpen(run); step = nextStep(run)) {
        await ask(run, until);
        if (step.name === "publish" && !run.isApproved) {
          if (run.status !== "waiting") run = await commit(run, waiting(run, step.name));
          await aborted(until);
        }
        run = await commit(run, begun(run, step.name, now()));
        const outcome = await attempt(run, step.name, document, { stepMs, until, log });
        until.throwIfAborted();
        run = await commit(run, ended(run, step.name, outcome, now()));
      }
    } catch (error) {
      if (left.aborted || error instanceof Lost) return;
      const end: unknown = standing.aborted ? standing.reason : error;
      if (!(end instanceof StandingEnded)) throw error;
      await commit(run, stopped(run, end.reason, now()));
    }
  }

  return {
    /** Starts with a run that this process holds, or goes on with it. No answer waits for it. */
    hold(run: Run): void {
      const key = keyOf(run);
      const former = held.get(key);
      if (isStopping || (former !== undefined && former.rev >= run.rev)) return;
      former?.left.abort();
      const left = new AbortController();
      held.set(key, { rev: run.rev, since: performance.now(), left });
      const work = perform(run, left.signal)
        .catch((error) => {
          if (error instanceof Lost) return;
          log.warn({ runId: run.id, cause: nameOf(error) }, "run interrupted; it goes on soon");
        })
        .finally(() => {
          working.delete(work);
          if (held.get(key)?.left === left) held.delete(key);
        });
      working.add(work);
    },

    holds: (key: string) => held.has(key),

    /** Leaves a run that was cancelled. */
    leave(run: Run): void {
      held.get(keyOf(run))?.left.abort();
    },

    /** Leaves every run that it held before `since`, and that is not among these. */
    leaveAllBut(keys: ReadonlySet<string>, since: number): void {
      for (const [key, each] of held) if (each.since < since && !keys.has(key)) each.left.abort();
    },

    /** Leaves every run, and resolves when the last write has ended. */
    async stop(): Promise<void> {
      isStopping = true;
      for (const { left } of held.values()) left.abort();
      await Promise.all(working);
    },
  };
}

function askTogether(standings: Standings): (run: Run, signal: AbortSignal) => Promise<void> {
  let together: Promise<void> | undefined;
  return async (run, signal) => {
    together ??= sleep(TOGETHER_MS).then(() => {
      together = undefined;
    });
    await together;
    await standings.ask(run.subject, { signal });
  };
}

interface Attempt {
  readonly stepMs: number;
  readonly until: AbortSignal;
  readonly log: FastifyBaseLogger;
}

async function attempt(run: Run, name: StepName, document: string, options: Attempt): Promise<Outcome> {
  const started = performance.now();
  const outcome = await outcomeOf(run, name, document, options);
  return { ...outcome, durationMs: Math.round(performance.now() - started) };
}

async function outcomeOf(
  { id, title, steps, isFailing }: Run,
  name: StepName,
  document: string,
  { stepMs, until, log }: Attempt,
): Promise<Outcome> {
  await sleep(stepMs, undefined, { signal: until });
  if (isFailing && failsByChance(name))
    return { error: `This step failed, because you asked for it. ${RETRY}` };
  const outputs = Object.fromEntries(steps.map((step) => [step.name, step.output ?? ""]));
  try {
    return { output: await STEPS[name]({ title, document, outputs }, until) };
  } catch (error) {
    until.throwIfAborted();
    log.error({ runId: id, step: name, cause: nameOf(error) }, "step failed");
    return { error: `This step failed. ${RETRY}` };
  }
}

/** Rejects with the signal's reason. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** Only the name of a cause is logged: its message may quote the input. */
function nameOf(error: unknown): string | undefined {
  return error instanceof Error ? error.name : undefined;
}
