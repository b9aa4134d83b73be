import type { FreshToken } from "@platform-api/client/react";
import * as z from "zod/mini";
import "../../app/config/zod-without-eval.ts";
import { RunsError } from "../../app/problems/runs-error.ts";

const status = z.enum(["queued", "running", "succeeded", "cancelled"]);
const runSchema = z.object({
  id: z.string(),
  title: z.string(),
  status,
  createdAt: z.iso.datetime(),
  /** What it has produced. Runs that succeeded before results existed have none. */
  result: z.optional(z.string()),
  /** The address of who started it; absent while platform-api does not tell it. */
  startedBy: z.optional(z.string()),
});
const pageSchema = z.object({ runs: z.array(runSchema), nextCursor: z.nullable(z.string()) });
const refusalSchema = z.object({ error: z.object({ reason: z.string() }) });

export type Run = z.output<typeof runSchema>;
export type RunsSlice = z.output<typeof pageSchema>;

/** The user's workflow runs in one organization, newest first. Every method throws {@link RunsError}. */
export function createRuns(baseUrl: string, token: FreshToken, organizationId: string) {
  const ask = <T>(schema: z.ZodMiniType<T>, path: string, init: RequestInit = {}): Promise<T> =>
    token.call(async (value) => {
      if (value === null) throw new RunsError("TOKEN_MISSING");
      const credentials = { authorization: `Bearer ${value}`, "x-organization-id": organizationId };
      const headers = { ...credentials, ...(init.body && { "content-type": "application/json" }) };
      try {
        const signal = AbortSignal.timeout(8_000);
        const response = await fetch(`${baseUrl.replace(/\/+$/, "")}${path}`, { ...init, headers, signal });
        const body: unknown = await response.json();
        if (!response.ok) {
          const requestId = response.headers.get("x-request-id");
          throw new RunsError(refusalSchema.parse(body).error.reason, undefined, requestId);
        }
        return schema.parse(body);
      } catch (error) {
        throw error instanceof RunsError ? error : new RunsError("RUNS_UNAVAILABLE", error);
      }
    });
  return {
    list: (cursor: string | null) =>
      ask(pageSchema, `/runs?limit=20${cursor === null ? "" : `&cursor=${cursor}`}`),
    find: (id: string) => ask(runSchema, `/runs/${encodeURIComponent(id)}`),
    /** Idempotent. A run that has finished meanwhile stays as it is. @returns the run, which has finished */
    cancel: (id: string) => ask(runSchema, `/runs/${encodeURIComponent(id)}/cancel`, { method: "POST" }),
    /** Idempotent for the same id. */
    create: (run: { readonly id: string; readonly title: string }) =>
      ask(runSchema, "/runs", { method: "POST", body: JSON.stringify(run) }),
  };
}

export type Runs = ReturnType<typeof createRuns>;
