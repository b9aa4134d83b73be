import { randomUUIDv7 } from "node:crypto";
import { createPlatformClient, reasonOf } from "@platform-api/client";
import { platformAuth, requireOrganization } from "@platform-api/client/fastify";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { actOn, begin } from "./acting.ts";
import { type Agent, startAgent } from "./agent.ts";
import type { Config } from "./config.ts";
import { Refusal } from "./refusal.ts";
import {
  ACTS,
  type Act,
  newRun,
  type Owner,
  ownerOf,
  RUN_STATUSES,
  type Run,
  type ShownRun,
  type Starter,
  shownRun,
} from "./run.ts";

const LIMIT = "must be a whole number from 1 to 100";
const STATUS = `must be one of ${RUN_STATUSES.join(", ")}`;
const RUN_ID = z.uuidv7("must be a UUID of version 7").toLowerCase();
const ID = RUN_ID.optional();
const TITLE = "must be a text of 1 to 200 characters, one of them visible and none a control character";
const PRINTABLE = /^(?=.*[^\p{C}\p{Z}])[^\p{Cc}\p{Cs}]{1,200}$/su;
const DOCUMENT = "must be a text of 1 to 20,000 characters, one of them visible";
const READABLE = /^(?=.*[^\p{C}\p{Z}])\P{Cs}{1,20000}$/su;
const limit = z.coerce.number(LIMIT).int(LIMIT).min(1, LIMIT).max(100, LIMIT).default(20);
const status = z.enum(RUN_STATUSES, STATUS).optional();
const pageSchema = z.object({ limit, cursor: ID, status });
const title = z.string(TITLE).trim().regex(PRINTABLE, TITLE);
const document = z.string(DOCUMENT).regex(READABLE, DOCUMENT);
const failing = z.boolean("must be true or false").default(false);
const newRunSchema = z.object({ id: ID, title, document, failing }, "must be an object");

type OfRun = { Params: { id: string } };

/** Whose runs a request is about. */
const ownerIn = ({ organization, identity }: FastifyRequest): Owner =>
  ownerOf({ organizationId: organization.id, userId: identity.userId });

/** What a request does for its user. What platform-api says of the token is kept with the run, instead of the token. */
function actOf({ organization, identity }: FastifyRequest, holder: string): Act {
  const { userId, issuedAt: since, loginId } = identity;
  const subject = { userId, organizationId: organization.id, since, loginId };
  return { subject, holder, at: new Date().toISOString() };
}

/** `/runs`: the user's own runs in the active organization. platform-api is called first, then the store. */
export async function registerRuns(api: FastifyInstance, config: Config): Promise<void> {
  // Two attempts give up after 6 s in all, then the store after 1 s: the frontend waits 8 s.
  const client = createPlatformClient({ url: config.PLATFORM_URL, timeoutMs: 3_000, retries: 1 });
  const agent = startAgent(api, config);
  const starterOf = lookUpStarters(config);
  await api.register(platformAuth, { client });
  api.addHook("preHandler", requireOrganization());
  registerList(api, config, agent, starterOf);
  registerRun(api, agent, starterOf);
}

function registerList(api: FastifyInstance, config: Config, agent: Agent, starterOf: LookUp): void {
  const { holder, runs } = agent;

  api.get("/runs", async (request) => {
    const page = pageSchema.parse(request.query);
    const found = await runs.list(ownerIn(request), { ...page, before: page.cursor });
    const starter = found.runs.length > 0 ? await starterOf(request) : undefined;
    const listed = found.runs.map((run) => withoutOutputs(shownRun(run, starter)));
    return { runs: listed, nextCursor: found.next, canFail: config.FAILING_STEPS };
  });

  api.post("/runs", async (request, reply) => {
    const { id = randomUUIDv7(), title, document, failing } = newRunSchema.parse(request.body);
    if (failing && !config.FAILING_STEPS)
      throw new Refusal("INPUT_INVALID", undefined, "failing is not allowed here (FAILING_STEPS)");
    const { subject, at } = actOf(request, holder);
    const requested = newRun({ id, title, isFailing: failing, subject, holder }, at);
    const run = await begin(requested, document, () => runs.find(ownerIn(request), id), agent);
    return reply.code(201).header("location", `/runs/${run.id}`).send(shownRun(run));
  });
}

function registerRun(api: FastifyInstance, agent: Agent, starterOf: LookUp): void {
  const { runs, events } = agent;

  /** @throws {@link Refusal} NOT_FOUND */
  async function find(request: FastifyRequest<OfRun>): Promise<Run> {
    const id = RUN_ID.safeParse(request.params.id);
    // Every stored run has such an id, so any other id needs no request to the store.
    const run = id.success ? await runs.find(ownerIn(request), id.data) : null;
    if (run === null) throw new Refusal("NOT_FOUND");
    return run;
  }

  api.get<OfRun>("/runs/:id", async (request) => shownRun(await find(request), await starterOf(request)));

  api.get<OfRun>("/runs/:id/events", { exposeHeadRoute: false }, async (request, reply) => {
    const run = await find(request);
    const starter = await starterOf(request);
    const until = Date.parse(request.identity.expiresAt);
    // Without the header nginx would keep the events until there are more.
    void reply.type("text/event-stream").header("x-accel-buffering", "no");
    return reply.send(events.open(run, until, (each) => shownRun(each, starter)));
  });

  for (const [name, act] of Object.entries(ACTS)) {
    api.post<OfRun>(`/runs/:id/${name}`, async (request) => {
      const by = (present: Run) => act(present, actOf(request, agent.holder));
      const { run, isChanged } = await actOn(() => find(request), by, agent);
      if (isChanged) request.log.info({ runId: run.id, act: name }, `run ${run.status}`);
      return shownRun(run, await starterOf(request));
    });
  }
}

type LookUp = (request: FastifyRequest) => Promise<Starter | undefined>;

/** Who has started the runs of a request's user. Undefined where platform-api does not say it. */
function lookUpStarters(config: Config): LookUp {
  // A run can be shown without it, so it gets the rest of the time.
  const { members } = createPlatformClient({ url: config.PLATFORM_URL, timeoutMs: 500, retries: 0 }).org;
  return async ({ identity, organization, headers, log }) => {
    const token = headers.authorization?.split(/ +/).at(-1);
    if (token === undefined) return undefined;
    try {
      const input = { organizationId: organization.id, userIds: [identity.userId] }; // every run is the user's own
      const [{ email = null, name = null } = {}] = await members.lookup.query(input, { context: { token } });
      return email === null ? undefined : { email, name };
    } catch (error) {
      log.warn({ reason: reasonOf(error) }, "runs shown without who started them");
      return undefined;
    }
  };
}

function withoutOutputs(run: ShownRun): ShownRun {
  return { ...run, steps: run.steps.map(({ output: _, ...step }) => step) };
}
