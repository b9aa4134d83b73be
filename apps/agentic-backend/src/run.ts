import { z } from "zod";
import { Refusal } from "./refusal.ts";
import { STEP_NAMES, type StepName } from "./steps/steps.ts";

export const RUN_STATUSES = [
  "queued",
  "running",
  "waiting",
  "succeeded",
  "failed",
  "cancelled",
  "stopped",
] as const;

/** ISO 8601, UTC. */
const instant = z.iso.datetime();
// Not `z.uuid()`: the directory's PostgreSQL permits any version.
const userIdSchema = z.guid().lowercase();

const stepSchema = z.object({
  name: z.enum(STEP_NAMES),
  status: z.enum(["pending", "running", "waiting", "done", "failed"]),
  /** Of the last attempt, as are all below. */
  startedAt: instant.optional(),
  durationMs: z.number().optional(),
  output: z.string().optional(),
  error: z.string().optional(),
});

export const runSchema = z.object({
  /** Of version 7, so that later runs sort after earlier ones. */
  id: z.uuidv7(),
  title: z.string(),
  status: z.enum(RUN_STATUSES),
  /** Why it was stopped. A text, so that a process can read what a newer one has stored. */
  stopped: z.string().optional(),
  createdAt: instant,
  finishedAt: instant.optional(),
  steps: z.array(stepSchema),
  isApproved: z.boolean(),
  /** Whether a step of it fails, until it is retried. */
  isFailing: z.boolean(),
  /** Whose standing it needs: what platform-api has said of the token that started, approved or retried it. Never a token. */
  subject: z.object({
    userId: z.string(),
    organizationId: z.string(),
    since: instant,
    loginId: z.string().nullable(),
  }),
  /** The process that works on it, or did so last. */
  holder: z.string(),
  /** Grows with each change. */
  rev: z.number(),
});

export type Run = z.output<typeof runSchema>;
export type RunStatus = Run["status"];
export type Step = z.output<typeof stepSchema>;
export type Subject = Run["subject"];

/** A user within one organization, `<organizationId>#<UUID>`. Minted by {@link ownerOf} alone. */
export type Owner = string & { readonly Owner: unique symbol };

type OfUser = Pick<Subject, "organizationId" | "userId">;

/** @throws for a user id that is not a lower-case UUID: an issuer's subject must never be stored */
export function ownerOf({ organizationId, userId }: OfUser): Owner {
  const { success } = userIdSchema.safeParse(userId);
  if (!success) throw new Error("the user id is not a lower-case UUID");
  return `${organizationId}#${userId}` as Owner;
}

/** What tells a run from all others. */
export function keyOf(run: Run | (OfUser & { readonly id: string })): string {
  return `${ownerOf("subject" in run ? run.subject : run)}#${run.id}`;
}

/** Whether a process works on it, or waits for its approval. */
export function isOpen({ status }: Run): boolean {
  return status === "queued" || status === "running" || status === "waiting";
}

/** Whether it never changes again. One that has failed can be retried. */
export function isFinal({ status }: Run): boolean {
  return status === "succeeded" || status === "cancelled" || status === "stopped";
}

/** The step that comes next; null behind the last one. */
export function nextStep({ steps }: Run): Step | null {
  return steps.find(({ status }) => status !== "done") ?? null;
}

export function newRun(
  given: Pick<Run, "id" | "title" | "isFailing" | "subject" | "holder">,
  at: string,
): Run {
  const steps = STEP_NAMES.map((name): Step => ({ name, status: "pending" }));
  return { ...given, status: "queued", createdAt: at, steps, isApproved: false, rev: 0 };
}

function withStep(run: Run, step: Step): Run {
  return { ...run, steps: run.steps.map((each) => (each.name === step.name ? step : each)) };
}

export function waiting(run: Run, name: StepName): Run {
  return { ...withStep(run, { name, status: "waiting" }), status: "waiting" };
}

export function begun(run: Run, name: StepName, at: string): Run {
  return { ...withStep(run, { name, status: "running", startedAt: at }), status: "running" };
}

/** What came of a step that has begun. */
export type Outcome = Pick<Step, "output" | "error" | "durationMs">;

export function ended(run: Run, name: StepName, outcome: Outcome, at: string): Run {
  const step = run.steps.find((each) => each.name === name);
  const status = outcome.error === undefined ? "done" : "failed";
  const next = withStep(run, { name, startedAt: step?.startedAt, ...outcome, status });
  if (status === "failed") return { ...next, status, finishedAt: at };
  return nextStep(next) === null ? { ...next, status: "succeeded", finishedAt: at } : next;
}

/** Stopped, because its user may no longer let it work. */
export function stopped(run: Run, reason: string, at: string): Run {
  return { ...interrupted(run), status: "stopped", stopped: reason, finishedAt: at };
}

/** Who acts on a run, with the process that goes on with it. */
export interface Act {
  readonly subject: Subject;
  readonly holder: string;
  readonly at: string;
}

/** What a user can do with a run. Each returns the same run where a repeat changes nothing. @throws {Refusal} CONFLICT */
export const ACTS = {
  approve(run: Run, { subject, holder }: Act): Run {
    if (run.isApproved && (isOpen(run) || run.status === "succeeded")) return run;
    const step = nextStep(run);
    if (run.status !== "waiting" || step === null) throw new Refusal("CONFLICT");
    const next = withStep(run, { name: step.name, status: "pending" });
    return { ...next, status: "running", isApproved: true, subject, holder };
  },
  retry(run: Run, { subject, holder }: Act): Run {
    if (run.status !== "failed") throw new Refusal("CONFLICT");
    const { finishedAt: _, ...again } = interrupted(run);
    return { ...again, status: "queued", isFailing: false, subject, holder };
  },
  cancel(run: Run, { at }: Act): Run {
    if (run.status === "cancelled") return run;
    if (isFinal(run)) throw new Refusal("CONFLICT");
    return { ...interrupted(run), status: "cancelled", finishedAt: at };
  },
} as const;

/** Without the traces of a step that is not done. */
function interrupted(run: Run): Run {
  const step = nextStep(run);
  return step === null ? run : withStep(run, { name: step.name, status: "pending" });
}

/** A run as it is shown. */
export interface ShownRun
  extends Pick<Run, "id" | "title" | "status" | "stopped" | "createdAt" | "finishedAt" | "steps"> {
  /** Of the work, without what it has waited for. */
  readonly durationMs?: number | undefined;
  /** The address of the user who started it. Never stored; absent where platform-api does not tell it. */
  readonly startedBy?: string | undefined;
  /** What their sign-in calls them: shown beside the address, never alone. */
  readonly startedByName?: string | undefined;
}

/** Who has started a run. */
export interface Starter {
  readonly email: string;
  readonly name: string | null;
}

export function shownRun(run: Run, starter?: Starter): ShownRun {
  const { id, title, status, stopped, createdAt, finishedAt, steps } = run;
  const durations = steps.flatMap(({ durationMs }) => durationMs ?? []);
  const durationMs = durations.length > 0 ? durations.reduce((sum, each) => sum + each) : undefined;
  const by = { startedBy: starter?.email, startedByName: starter?.name ?? undefined };
  return { id, title, status, stopped, createdAt, finishedAt, durationMs, steps, ...by };
}
