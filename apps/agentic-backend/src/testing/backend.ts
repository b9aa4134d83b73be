import { afterAll, beforeAll, expect } from "vitest";
import { z } from "zod";
import { readConfig } from "../config.ts";
import { type Run, runSchema } from "../run.ts";
import { createRunsTable } from "../runs-table.ts";
import { type Running, serveAgenticBackend } from "../serve.ts";
import { mockPlatform, PLATFORM_URL } from "./platform.ts";
import { type LoopbackServer, startEmbeddedStore } from "./store.ts";

export const ORIGIN = "http://127.0.0.1:4002";
export const ABSENT_ID = "01a210ab-d4a9-7682-b954-065c7ce67abd";
const pageSchema = z.object({ runs: z.array(runSchema), nextCursor: z.string().nullable() });
const answerSchema = z.looseObject({
  id: z.string().optional(),
  error: z.object({ reason: z.string(), message: z.string() }).optional(),
});

export interface Call {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  /** A string is sent unchanged, anything else as JSON. */
  readonly body?: unknown;
  /** The address of another backend. */
  readonly url?: string;
}

export const configFor = (endpoint: string, more: Record<string, string> = {}) =>
  readConfig({
    PORT: "0",
    PLATFORM_URL,
    RUNS_TABLE: "runs",
    DYNAMODB_ENDPOINT: endpoint,
    AWS_REGION: "eu-central-1",
    CORS_ORIGINS: ORIGIN,
    ...more,
  });

/** A backend for all tests of a file, with an embedded store and a mocked platform-api. */
export function runBackend() {
  const platform = mockPlatform();
  const log: string[] = [];
  let store: LoopbackServer;
  let backend: Running;

  beforeAll(async () => {
    platform.server.listen({ onUnhandledFrame: "error" });
    store = await startEmbeddedStore(() => platform.asked.push("store"));
    await createRunsTable(configFor(store.endpoint));
    backend = await serveOn(store.endpoint);
  });
  afterAll(async () => {
    await backend.stop();
    store.close();
    platform.server.close();
  });

  const serveOn = (endpoint: string, lines = log, more: Record<string, string> = {}) =>
    serveAgenticBackend(configFor(endpoint, more), { write: (line) => lines.push(line) });

  async function call(path: string, token: string | null, { method, headers, body, url }: Call = {}) {
    const response = await fetch(`${url ?? backend.url}${path}`, {
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      method: method ?? (body === undefined ? "GET" : "POST"),
      headers: {
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
    });
    const text = await response.text();
    const answer = answerSchema.parse(text === "" ? {} : JSON.parse(text));
    const received = { get: (name: string) => response.headers.get(name) };
    return { status: response.status, headers: received, body: answer, reason: answer.error?.reason };
  }

  /** Resolves when the work of the run is done, so that it sends no more requests to the store. */
  async function create(token: string, title: string, headers: Record<string, string> = {}): Promise<Run> {
    const run = runSchema.parse((await call("/runs", token, { body: { title }, headers })).body);
    await expect.poll(() => log.join(""), { interval: 5 }).toContain(`"runId":"${run.id}"`);
    return run;
  }

  async function list(token: string, query = "", headers: Record<string, string> = {}) {
    return pageSchema.parse((await call(`/runs${query}`, token, { headers })).body);
  }

  return { platform, log, call, create, list, serveOn, storeEndpoint: () => store.endpoint };
}

export const titles = ({ runs }: { runs: readonly Run[] }) => runs.map(({ title }) => title);
