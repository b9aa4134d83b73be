import type { FreshToken } from "@platform-api/client/react";
import { z } from "zod";

const status = z.enum(["queued", "running", "succeeded"]);
const runSchema = z.object({
  ...{ id: z.string(), title: z.string(), status, createdAt: z.iso.datetime() },
  /** The address of who started it; absent while platform-api does not tell it. */
  startedBy: z.string().optional(),
});
const pageSchema = z.object({ runs: z.array(runSchema), nextCursor: z.string().nullable() });
const refusalSchema = z.object({ error: z.object({ reason: z.string() }) });

export type Run = z.output<typeof runSchema>;
export type RunsSlice = z.output<typeof pageSchema>;

/** The reason from agentic-backend. RUNS_UNAVAILABLE if it did not answer, or not in the expected format. */
export class RunsError extends Error {
  readonly reason: string;

  constructor(reason: string, cause?: unknown) {
    super(reason, { cause });
    this.reason = reason;
  }
}

/** The user's workflow runs in one organization, newest first. Every method throws {@link RunsError}. */
export function createRuns(baseUrl: string, token: FreshToken, organizationId: string) {
  const ask = <T>(schema: z.ZodType<T>, path: string, init: RequestInit = {}): Promise<T> =>
    token.call(async (value) => {
      if (value === null) throw new RunsError("TOKEN_MISSING");
      const credentials = { authorization: `Bearer ${value}`, "x-organization-id": organizationId };
      const headers = { ...credentials, "content-type": "application/json" };
      try {
        const signal = AbortSignal.timeout(8_000);
        const response = await fetch(`${baseUrl.replace(/\/+$/, "")}${path}`, { ...init, headers, signal });
        const body: unknown = await response.json();
        if (!response.ok) throw new RunsError(refusalSchema.parse(body).error.reason);
        return schema.parse(body);
      } catch (error) {
        throw error instanceof RunsError ? error : new RunsError("RUNS_UNAVAILABLE", error);
      }
    });
  return {
    list: (cursor: string | null) =>
      ask(pageSchema, `/runs?limit=20${cursor === null ? "" : `&cursor=${cursor}`}`),
    find: (id: string) => ask(runSchema, `/runs/${encodeURIComponent(id)}`),
    /** Idempotent for the same id. */
    create: (run: { readonly id: string; readonly title: string }) =>
      ask(runSchema, "/runs", { method: "POST", body: JSON.stringify(run) }),
  };
}

export type Runs = ReturnType<typeof createRuns>;
