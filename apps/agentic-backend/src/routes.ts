import { randomUUIDv7 } from "node:crypto";
import { requireOrganization } from "@platform-api/client/fastify";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { Refusal } from "./refusal.ts";
import { type Owner, parseOwner, type Run, type Runs, runSchema } from "./run.ts";
import type { Worker } from "./worker.ts";

const LIMIT = "must be 1 to 100";
const TITLE = "must be 1 to 200 characters, none of them a control character";
const pageSchema = z.object({
  limit: z.coerce.number(LIMIT).int(LIMIT).min(1, LIMIT).max(100, LIMIT).default(20),
  cursor: z.uuidv7("must be a nextCursor").optional(),
});
const titleSchema = z
  .string(TITLE)
  .trim()
  .min(1, TITLE)
  .max(200, TITLE)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, TITLE);
const newRunSchema = z.object({ title: titleSchema }, "must be an object");

/** `/runs`: the caller's own, within the active organization. Whatever is looked at unfinished goes on. */
export function registerRuns(api: FastifyInstance, runs: Runs, worker: Worker): void {
  const member = { preHandler: requireOrganization() };

  api.get("/runs", member, async (request) => {
    const owner = ownerOf(request);
    const { limit, cursor } = parse(pageSchema, request.query);
    const found = await runs.list(owner, limit + 1, cursor); // one more tells whether there is a next page
    const page = found.slice(0, limit);
    for (const run of page) worker.take(owner, run);
    return { runs: page, nextCursor: found.length > limit ? page.at(-1)?.id : null };
  });

  api.post("/runs", member, async (request, reply) => {
    const owner = ownerOf(request);
    const { title } = parse(newRunSchema, request.body);
    const run: Run = { id: randomUUIDv7(), title, status: "queued", createdAt: new Date().toISOString() };
    // If it is there already, an attempt whose reply was lost has stored it: a new id is nobody else's.
    await runs.put(owner, run, null);
    worker.take(owner, run);
    return reply.code(201).header("location", `/runs/${run.id}`).send(run);
  });

  api.get<{ Params: { id: string } }>("/runs/:id", member, async (request) => {
    const owner = ownerOf(request);
    const { data: id } = runSchema.shape.id.safeParse(request.params.id);
    const run = id === undefined ? null : await runs.find(owner, id);
    if (run === null) throw new Refusal("NOT_FOUND");
    worker.take(owner, run);
    return run;
  });
}

function ownerOf({ organization, identity }: FastifyRequest): Owner {
  return parseOwner(organization.id, identity.userId);
}

/** @throws {Refusal} INPUT_INVALID, naming each field */
function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const { data, error } = schema.safeParse(input);
  if (error === undefined) return data;
  const problems = error.issues.map(({ path, message }) => `${path.join(".") || "body"} ${message}`);
  throw new Refusal("INPUT_INVALID", { problem: problems.join("; ") });
}
