import { afterAll, beforeAll, expect, vi } from "vitest";
import { z } from "zod";
import { readConfig } from "../config.ts";
import { dynamoRuns } from "../dynamo-runs.ts";
import { openTable } from "../dynamo-table.ts";
import { newRun, RUN_STATUSES, type Run, runSchema, type ShownRun } from "../run.ts";
import { connect, createRunsTable } from "../runs-table.ts";
import { type Running, serveAgenticBackend } from "../serve.ts";
import { mockPlatform, PLATFORM_URL, TOKEN_URL } from "./platform.ts";
import { type LoopbackServer, startEmbeddedStore } from "./store.ts";

export const ORIGIN = "http://127.0.0.1:4002";
export const ABSENT_ID = "01a210ab-d4a9-7682-b954-065c7ce67abd";
export const DOCUMENT = "We move on 1 March 2027. It costs 40 euros.";

/** What every client can rely on. */
export const shownSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  status: z.enum(RUN_STATUSES),
  stopped: z.string().optional(),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().optional(),
  durationMs: z.number().optional(),
  steps: runSchema.shape.steps.length(4),
  startedBy: z.string().optional(),
});
export type Shown = z.output<typeof shownSchema>;
const pageSchema = z.strictObject({
  runs: z.array(shownSchema),
  nextCursor: z.string().nullable(),
  canFail: z.boolean(),
});
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
  readConfig({ ...variablesFor(endpoint), ...more });

export const variablesFor = (endpoint: string, platformUrl = PLATFORM_URL, tokenUrl = TOKEN_URL) => ({
  PORT: "0",
  PLATFORM_URL: platformUrl,
  PLATFORM_CLIENT_ID: "agentic-backend",
  PLATFORM_CLIENT_SECRET: "s3cret",
  PLATFORM_TOKEN_URL: tokenUrl,
  PLATFORM_AUDIENCE: "https://platform-api.example",
  RUNS_TABLE: "runs",
  DYNAMODB_ENDPOINT: endpoint,
  AWS_REGION: "eu-central-1",
  CORS_ORIGINS: ORIGIN,
  // Looks at open runs, four times in its duration, must not show between the requests of a test.
  LEASE_MS: "60000",
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
    platform.asked.length = 0;
    backend = await serveOn(store.endpoint);
    await vi.waitUntil(() => platform.asked.length === 2, { interval: 5, timeout: 20_000 }); // its lease and first look
  });
  afterAll(async () => {
    await backend.stop();
    store.close();
    platform.server.close();
  });

  const serveOn = (endpoint: string, lines = log, more: Record<string, string> = {}) =>
    serveAgenticBackend(configFor(endpoint, more), { write: (line) => lines.push(line) });

  const stored = () => dynamoRuns(openTable(connect(configFor(store.endpoint)), "runs"));

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

  /** Resolves when the work of the run waits for approval, so that it sends no more requests to the store. */
  async function create(token: string, title: string, { headers = {}, url }: Call = {}): Promise<Shown> {
    const options = { body: { title, document: DOCUMENT }, headers, ...(url !== undefined && { url }) };
    const run = shownSchema.parse((await call("/runs", token, options)).body);
    if (url === undefined)
      await expect.poll(() => log.join(""), { interval: 5 }).toContain(`"runId":"${run.id}"`);
    return run;
  }

  async function list(token: string, query = "", headers: Record<string, string> = {}) {
    return pageSchema.parse((await call(`/runs${query}`, token, { headers })).body);
  }

  /** Stores a run as if another process had left it so. */
  async function leave(userId: string, change: Partial<Run> = {}): Promise<Run> {
    const subject = { userId, organizationId: "acme", since: new Date().toISOString(), loginId: null };
    const given = { id: ABSENT_ID, title: "left", isFailing: false, subject, holder: "gone" };
    const run = { ...newRun(given, new Date().toISOString()), ...change };
    const left = await stored().commit(null, run, DOCUMENT);
    if (left === null) throw new Error("it is stored already");
    return left;
  }

  return {
    platform,
    log,
    call,
    create,
    list,
    leave,
    stored,
    serveOn,
    storeEndpoint: () => store.endpoint,
    eventsOf: (id: string, token: string, url = backend.url) => eventsOf(`${url}/runs/${id}/events`, token),
  };
}

/** What a stream sends until it ends, or its reader leaves. */
export async function* eventsOf(url: string, token: string): AsyncGenerator<Shown & { rev: number }> {
  const leaving = new AbortController();
  const headers = { authorization: `Bearer ${token}` };
  const { body, status } = await fetch(url, { headers, signal: leaving.signal });
  if (body === null || status !== 200) throw new Error(`no stream: ${status}`);
  let text = "";
  try {
    for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const events = text.split("\n\n");
      text = events.pop() ?? "";
      for (const event of events) {
        const [, id, data] = /^id: (\d+)\ndata: (.+)$/.exec(event) ?? [];
        if (data !== undefined) yield { ...shownSchema.parse(JSON.parse(data)), rev: Number(id) };
      }
    }
  } finally {
    leaving.abort();
  }
}

/** The first event of a stream that has this status. */
export async function reached(
  events: AsyncGenerator<Shown & { rev: number }>,
  is: (run: Shown) => boolean,
): Promise<Shown> {
  for (let next = await events.next(); next.done !== true; next = await events.next()) {
    if (is(next.value)) return next.value;
  }
  throw new Error("the stream ended before");
}

export const titles = ({ runs }: { runs: readonly ShownRun[] }) => runs.map(({ title }) => title);
