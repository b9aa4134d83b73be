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

const LIMIT = "must be a whole number from 1 to 100";
const RUN_ID = z.uuidv7("must be a UUID of version 7").toLowerCase();
const ID = RUN_ID.optional();
const TITLE = "must be a text of 1 to 200 characters, one of them visible and none a control character";
const PRINTABLE = /^(?=.*[^\p{C}\p{Z}])[^\p{Cc}\p{Cs}]{1,200}$/su;
const limit = z.coerce.number(LIMIT).int(LIMIT).min(1, LIMIT).max(100, LIMIT).default(20);
const pageSchema = z.object({ limit, cursor: ID });
const title = z.string(TITLE).trim().regex(PRINTABLE, TITLE);
const newRunSchema = z.object({ id: ID, title }, "must be an object");

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
    const isFirst = await runs.put(owner, { ...run, status: "succeeded" }, "running");
    if (isFirst) api.log.info({ runId: run.id, words: run.title.split(/\s+/u).length }, "run succeeded");
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
    const { id = randomUUIDv7(), title } = newRunSchema.parse(request.body);
    const asked: Run = { id, title, status: "queued", createdAt: new Date().toISOString() };
    // Asked again with the same id, after a lost answer: the run is there, and may have gone on.
    const isNew = await runs.put(ownerOf(request), asked, "none");
    const run = (isNew ? null : await runs.find(ownerOf(request), id)) ?? asked;
    take(request, run);
    return reply.code(201).header("location", `/runs/${run.id}`).send(run);
  });

  api.get<{ Params: { id: string } }>("/runs/:id", async (request) => {
    const id = RUN_ID.safeParse(request.params.id);
    // Every stored run has such an id, so the store is not asked for any other.
    const run = id.success ? await runs.find(ownerOf(request), id.data) : null;
    if (run === null) throw new Refusal("NOT_FOUND");
    take(request, run);
    return run;
  });
}
