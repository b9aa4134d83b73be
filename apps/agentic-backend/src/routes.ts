import { randomUUIDv7 } from "node:crypto";
import { createPlatformClient, reasonOf } from "@platform-api/client";
import { platformAuth, requireOrganization } from "@platform-api/client/fastify";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Config } from "./config.ts";
import { dynamoRuns } from "./dynamo-runs.ts";
import { Refusal } from "./refusal.ts";
import { isFinished, ownerOf, type Run, type ShownRun } from "./run.ts";
import { connect } from "./runs-table.ts";
import { createWorker } from "./worker.ts";

const LIMIT = "must be a whole number from 1 to 100";
const RUN_ID = z.uuidv7("must be a UUID of version 7").toLowerCase();
const ID = RUN_ID.optional();
const TITLE = "must be a text of 1 to 200 characters, one of them visible and none a control character";
const PRINTABLE = /^(?=.*[^\p{C}\p{Z}])[^\p{Cc}\p{Cs}]{1,200}$/su;
const limit = z.coerce.number(LIMIT).int(LIMIT).min(1, LIMIT).max(100, LIMIT).default(20);
const pageSchema = z.object({ limit, cursor: ID });
const title = z.string(TITLE).trim().regex(PRINTABLE, TITLE);
const newRunSchema = z.object({ id: ID, title }, "must be an object");

type OfRun = { Params: { id: string } };

/** `/runs`: the user's own runs in the active organization. platform-api is called first, then the store. */
export async function registerRuns(api: FastifyInstance, config: Config): Promise<void> {
  // Two attempts give up after 6 s in all, then the store after 1 s: the frontend waits 8 s.
  const client = createPlatformClient({ url: config.PLATFORM_URL, timeoutMs: 3_000, retries: 1 });
  const runs = dynamoRuns(connect(config), config.RUNS_TABLE);
  const worker = createWorker(runs, config.WORK_MS, api.log);
  const shown = runsShownBy(config);
  await api.register(platformAuth, { client });
  api.addHook("preHandler", requireOrganization());
  api.addHook("onClose", () => worker.stop());

  api.get("/runs", async (request) => {
    const { limit, cursor } = pageSchema.parse(request.query);
    // One more than the limit shows whether there is a next page.
    const found = await runs.list(ownerOf(request), limit + 1, cursor);
    const page = found.slice(0, limit);
    for (const run of page) worker.start(ownerOf(request), run);
    return { runs: await shown(request, page), nextCursor: found.length > limit ? page.at(-1)?.id : null };
  });

  api.post("/runs", async (request, reply) => {
    const { id = randomUUIDv7(), title } = newRunSchema.parse(request.body);
    const requested: Run = { id, title, status: "queued", createdAt: new Date().toISOString() };
    // A repeat with the same id, after a lost answer: the run exists and may have progressed.
    const isNew = await runs.put(ownerOf(request), requested, "none");
    const run = (isNew ? null : await runs.find(ownerOf(request), id)) ?? requested;
    worker.start(ownerOf(request), run);
    return reply.code(201).header("location", `/runs/${run.id}`).send(run);
  });

  /** @throws {@link Refusal} NOT_FOUND */
  async function find(request: FastifyRequest<OfRun>): Promise<Run> {
    const id = RUN_ID.safeParse(request.params.id);
    // Every stored run has such an id, so any other id needs no request to the store.
    const run = id.success ? await runs.find(ownerOf(request), id.data) : null;
    if (run === null) throw new Refusal("NOT_FOUND");
    return run;
  }

  api.get<OfRun>("/runs/:id", async (request) => {
    const run = await find(request);
    worker.start(ownerOf(request), run);
    return (await shown(request, [run]))[0];
  });

  api.post<OfRun>("/runs/:id/cancel", async (request) => {
    let run = await find(request);
    while (!isFinished(run)) {
      const cancelled: Run = { ...run, status: "cancelled" };
      const isFirst = await runs.put(ownerOf(request), cancelled, run.status);
      // The work has gone on meanwhile. A status only moves forward, so this ends.
      run = isFirst ? cancelled : await find(request);
      if (isFirst) request.log.info({ runId: run.id }, "run cancelled");
    }
    return (await shown(request, [run]))[0];
  });
}

/** How runs are shown: with who has started them, by one call for all of them. */
function runsShownBy(config: Config) {
  // A run can be shown without it, so it gets the rest of the time.
  const { members } = createPlatformClient({ url: config.PLATFORM_URL, timeoutMs: 500, retries: 0 }).org;
  return async (request: FastifyRequest, page: readonly Run[]): Promise<ShownRun[]> => {
    const { identity, organization, headers } = request;
    const userIds = [identity.userId]; // every run here is the caller's
    const token = headers.authorization?.split(/ +/).at(-1);
    if (page.length === 0 || token === undefined) return [...page];
    try {
      const input = { organizationId: organization.id, userIds };
      const [starter] = await members.lookup.query(input, { context: { token } });
      const startedBy = starter?.email ?? null;
      return page.map((run) => (startedBy === null ? run : { ...run, startedBy }));
    } catch (error) {
      request.log.warn({ reason: reasonOf(error) }, "runs shown without who started them");
      return [...page];
    }
  };
}
