import type { FreshToken } from "@platform-api/client/react";
import * as z from "zod/mini";
import "../../app/config/zod-without-eval.ts";
import { RunsError } from "../../app/problems/runs-error.ts";
import { eventsIn, limitSilence } from "./event-stream.ts";

const ANSWER_MS = 8_000;
/** agentic-backend shows at least every 15 s that a stream is alive. */
const SILENCE = { firstMs: ANSWER_MS, laterMs: 40_000 };

export const RUN_STATUSES = [
  "queued",
  "running",
  "waiting",
  "succeeded",
  "failed",
  "cancelled",
  "stopped",
] as const;

const stepSchema = z.object({
  name: z.enum(["read", "find", "summarize", "publish"]),
  status: z.enum(["pending", "running", "waiting", "done", "failed"]),
  durationMs: z.optional(z.number()),
  output: z.optional(z.string()),
  /** Why it failed. */
  error: z.optional(z.string()),
});
const runSchema = z.object({
  id: z.string(),
  title: z.string(),
  status: z.enum(RUN_STATUSES),
  /** Why it ended early. A version of agentic-backend that is newer than this app may know another reason. */
  stopped: z.optional(z.string()),
  createdAt: z.iso.datetime(),
  /** How long it has worked. */
  durationMs: z.optional(z.number()),
  /** In a list they have no outputs. */
  steps: z.array(stepSchema),
  /** The address of who started it; absent while platform-api does not tell it. */
  startedBy: z.optional(z.string()),
  /** What their sign-in calls them. */
  startedByName: z.optional(z.string()),
});
const pageSchema = z.object({
  runs: z.array(runSchema),
  nextCursor: z.nullable(z.string()),
  /** Whether a step can be made to fail. */
  canFail: z.boolean(),
});
const refusalSchema = z.object({ error: z.object({ reason: z.string() }) });

export type Run = z.output<typeof runSchema>;
export type RunStatus = Run["status"];
export type Step = Run["steps"][number];
export type RunsSlice = z.output<typeof pageSchema>;

/** What is asked for. The id stays the same across retries, which makes them idempotent. */
export interface NewRun {
  readonly id: string;
  readonly title: string;
  readonly document: string;
  readonly failing?: true;
}

/** What a user does to a run. */
export type RunAction = "approve" | "cancel" | "retry";

/** The user's workflow runs in one organization, newest first. Every method throws {@link RunsError}. */
export function createRuns(baseUrl: string, token: FreshToken, organizationId: string) {
  const base = baseUrl.replace(/\/+$/, "");
  const send = <T>(
    path: string,
    init: RequestInit,
    read: (response: Response) => T | Promise<T>,
  ): Promise<T> =>
    token.call(async (value) => {
      if (value === null) throw new RunsError("TOKEN_MISSING");
      const credentials = { authorization: `Bearer ${value}`, "x-organization-id": organizationId };
      const headers = { ...credentials, ...(init.body && { "content-type": "application/json" }) };
      try {
        const response = await fetch(`${base}${path}`, { ...init, headers });
        if (response.ok) return await read(response);
        const { error } = refusalSchema.parse(await response.json());
        throw new RunsError(error.reason, undefined, response.headers.get("x-request-id"));
      } catch (error) {
        throw asRunsError(error);
      }
    });
  const ask = <T>(schema: z.ZodMiniType<T>, path: string, init: RequestInit = {}): Promise<T> =>
    send(path, { ...init, signal: AbortSignal.timeout(ANSWER_MS) }, async (response) =>
      schema.parse(await response.json()),
    );
  const pathOf = (id: string) => `/runs/${encodeURIComponent(id)}`;
  return {
    list(cursor: string | null, status: RunStatus | null) {
      const query = new URLSearchParams({ limit: "20" });
      if (status !== null) query.set("status", status);
      if (cursor !== null) query.set("cursor", cursor);
      return ask(pageSchema, `/runs?${query}`);
    },
    /** Idempotent for the same id. */
    create: (run: NewRun) => ask(runSchema, "/runs", { method: "POST", body: JSON.stringify(run) }),
    /** @returns the run, which has then gone on */
    act: (id: string, action: RunAction) => ask(runSchema, `${pathOf(id)}/${action}`, { method: "POST" }),
    /**
     * Calls back with the run as it is, and at each change. Resolves with the last state when the stream has ended or broken
     * off, and fails only if it brought none.
     */
    async follow(id: string, onChange: (run: Run) => void, signal: AbortSignal): Promise<Run> {
      const silence = limitSilence(signal, SILENCE);
      let last: Run | undefined;
      try {
        const body = await send(`${pathOf(id)}/events`, silence, (response) => response.body);
        for await (const event of body === null ? [] : eventsIn(body, silence.onSign)) {
          last = runSchema.parse(JSON.parse(event));
          if (!signal.aborted) onChange(last);
        }
        if (last === undefined) throw new RunsError("RUNS_UNAVAILABLE");
      } catch (error) {
        if (last === undefined) throw asRunsError(error);
      } finally {
        silence.end();
      }
      return last;
    },
  };
}

function asRunsError(error: unknown): RunsError {
  return error instanceof RunsError ? error : new RunsError("RUNS_UNAVAILABLE", error);
}

export type Runs = ReturnType<typeof createRuns>;
