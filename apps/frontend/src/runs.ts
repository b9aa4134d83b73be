import type { FreshToken } from "@platform-api/client/react";
import { z } from "zod";
import { type AppReason, isAppReason } from "./faults.ts";

const runSchema = z.object({
  id: z.string(),
  title: z.string(),
  status: z.enum(["queued", "running", "succeeded"]),
  createdAt: z.iso.datetime(),
});
const pageSchema = z.object({ runs: z.array(runSchema), nextCursor: z.string().nullable() });
const refusalSchema = z.object({ error: z.object({ reason: z.string() }) });

export type Run = z.output<typeof runSchema>;
export type RunsPage = z.output<typeof pageSchema>;

/** Why agentic-backend did not do it. RUNS_UNAVAILABLE: it could not be asked, or its answer is none. */
export class RunsError extends Error {
  override readonly name = "RunsError";
  readonly reason: AppReason;

  constructor(reason: AppReason, options?: ErrorOptions) {
    super(reason, options);
    this.reason = reason;
  }
}

const TIMEOUT_MS = 10_000;

/** One person's workflow runs in one organization. Every method throws {@link RunsError}. */
export class Runs {
  readonly #url: string;
  readonly #token: FreshToken;
  readonly #organizationId: string;

  constructor(url: string, token: FreshToken, organizationId: string) {
    this.#url = url;
    this.#token = token;
    this.#organizationId = organizationId;
  }

  /** Newest first. */
  list(cursor: string | null): Promise<RunsPage> {
    const query = new URLSearchParams({ limit: "20", ...(cursor !== null && { cursor }) });
    return this.#ask(pageSchema, `/runs?${query}`);
  }

  find(id: string): Promise<Run> {
    return this.#ask(runSchema, `/runs/${encodeURIComponent(id)}`);
  }

  create(title: string): Promise<Run> {
    return this.#ask(runSchema, "/runs", { method: "POST", body: JSON.stringify({ title }) });
  }

  #ask<T>(schema: z.ZodType<T>, path: string, init: RequestInit = {}): Promise<T> {
    return this.#token.call(async (token) => {
      const headers = {
        authorization: `Bearer ${token}`,
        "x-organization-id": this.#organizationId,
        ...(init.body && { "content-type": "application/json" }),
      };
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      try {
        const response = await fetch(`${this.#url.replace(/\/+$/, "")}${path}`, { ...init, headers, signal });
        const body: unknown = await response.json();
        if (!response.ok) throw new RunsError(refusalOf(body));
        return schema.parse(body);
      } catch (error) {
        throw error instanceof RunsError ? error : new RunsError("RUNS_UNAVAILABLE", { cause: error });
      }
    });
  }
}

function refusalOf(body: unknown): AppReason {
  const reason = refusalSchema.safeParse(body).data?.error.reason;
  return isAppReason(reason) ? reason : "RUNS_UNAVAILABLE";
}
