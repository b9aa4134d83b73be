import { randomUUIDv7 } from "node:crypto";
import { createPlatformClient } from "@platform-api/client";
import { platformAuth, requireOrganization } from "@platform-api/client/fastify";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Config } from "./config.ts";
import { dynamoRuns } from "./dynamo-runs.ts";
import { Refusal } from "./refusal.ts";
import { type Owner, ownerOf, type Run } from "./run.ts";
import { connect } from "./runs-table.ts";

const pageSchema = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.uuidv7().optional(),
});
const TITLE = /^[^\p{Cc}\p{Cs}]{1,200}$/u;
const newRunSchema = z.object({ title: z.string().trim().regex(TITLE, "has 1 to 200 printable characters") });

/** `/runs`: the caller's own, within the active organization. platform-api is asked first, then the store. */
export async function registerRuns(api: FastifyInstance, config: Config): Promise<void> {
  // A silent platform-api is given up after 6 s: browsers wait for no more than 8.
  const client = createPlatformClient({ url: config.PLATFORM_URL, timeoutMs: 3_000, retries: 1 });
  const runs = dynamoRuns(connect(config), config.RUNS_TABLE);
  let underWay = Promise.resolve();
  await api.register(platformAuth, { client });
  api.addHook("preHandler", requireOrganization());
  api.addHook("onClose", () => underWay);

  /** The smallest honest work: it counts the words of the title. Of many who do it, one wins each write. */
  async function work(owner: Owner, run: Run): Promise<void> {
    if (run.status === "queued" && !(await runs.put(owner, { ...run, status: "running" }, "queued"))) return;
    const words = run.title.split(/\s+/u).length;
    const isFirst = await runs.put(owner, { ...run, status: "succeeded" }, "running");
    if (isFirst) api.log.info({ runId: run.id, words }, "run succeeded");
  }

  /** Begins a run, or goes on with what an outage or a crash has left of it; no answer waits for it. */
  function take(request: FastifyRequest, run: Run): void {
    if (run.status === "succeeded") return;
    const failed = () => api.log.warn({ runId: run.id }, "left unfinished until the run is looked at again");
    const step = work(ownerOf(request), run).catch(failed);
    underWay = underWay.then(() => step);
  }

  api.get("/runs", async (request) => {
    const { limit, cursor } = pageSchema.parse(request.query);
    // One more tells whether there is a next page.
    const found = await runs.list(ownerOf(request), limit + 1, cursor);
    const page = found.slice(0, limit);
    for (const run of page) take(request, run);
    return { runs: page, nextCursor: found.length > limit ? page.at(-1)?.id : null };
  });

  api.post("/runs", async (request, reply) => {
    const { title } = newRunSchema.parse(request.body);
    const run: Run = { id: randomUUIDv7(), title, status: "queued", createdAt: new Date().toISOString() };
    await runs.put(ownerOf(request), run, "queued");
    take(request, run);
    return reply.code(201).header("location", `/runs/${run.id}`).send(run);
  });

  api.get<{ Params: { id: string } }>("/runs/:id", async (request) => {
    const run = await runs.find(ownerOf(request), request.params.id);
    if (run === null) throw new Refusal("NOT_FOUND");
    take(request, run);
    return run;
  });
}
