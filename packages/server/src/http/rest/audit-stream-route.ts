import type { ServerResponse } from "node:http";
import { finished, Readable } from "node:stream";
import { callTRPCProcedure } from "@trpc/server";
import type { FastifyInstance } from "fastify";
import { Refusal, type UserId } from "../../domain/index.ts";
import { appRouter, type Context, inputProblem, type RouterOutputs } from "../../trpc/index.ts";
import type { ContextOf } from "../transport/contexts.ts";
import type { RequestEvents } from "../transport/request-events.ts";
import { noteInput } from "../transport/request-names.ts";
import type { Fields } from "./operation.ts";

const PROCEDURE = "org.audit.list";
const MAX_LINES = 10_000;
const PAGE_LINES = 100;
const MAX_STREAMS_OF_PERSON = 2;
/** By then a stream that nobody reads has been reset. */
const RETRY_AFTER_SECONDS = 10;
const TYPE = "application/x-ndjson; charset=utf-8";

type AuditPage = RouterOutputs["org"]["audit"]["list"];

/**
 * `/organizations/{organizationId}/audit.ndjson`: the pages of `org.audit.list` as one stream, an entry a line, at most
 * 10,000. Each page is a request of its own with its own deadline and check of the role. A page that fails behind the
 * first breaks the connection off, so that nobody takes a part for the whole.
 *
 * A stream that nobody reads holds one page, and a person has at most two streams at a time (T8H).
 */
export function registerAuditStreamRoute(
  app: FastifyInstance,
  contextOf: ContextOf,
  called: RequestEvents["called"],
): void {
  const streams = new Map<UserId, number>();
  app.get<{ Params: Fields; Querystring: Fields }>("/organizations/:organizationId/audit.ndjson", {
    config: { procedure: PROCEDURE },
    handler: async ({ raw, params, query }, reply) => {
      for (const name of ["organizationId", "cursor", "limit"]) {
        if (Object.hasOwn(query, name)) throw inputProblem(`${name} has no meaning here: leave it out`);
      }
      // A stream counts as one read: its first page.
      const furtherContext = (): Context => ({ ...contextOf(raw), countRead: () => {} });
      const readPage = async (cursor: string | null, context = furtherContext()): Promise<AuditPage> =>
        callTRPCProcedure({
          router: appRouter,
          ctx: context,
          type: "query",
          path: PROCEDURE,
          getRawInput: async () => {
            noteInput(raw, params);
            return { ...query, ...params, limit: PAGE_LINES, ...(cursor !== null && { cursor }) };
          },
          signal: undefined,
          batchIndex: 0,
        });
      const context = contextOf(raw);
      const first = await readPage(null, context);
      const { userId } = await context.sender.identity();
      if (raw.socket.destroyed) return reply.hijack(); // nobody waits, and Node before 24 has no event that gives the place back
      if (raw.method !== "HEAD") takePlace(streams, userId, reply.raw);
      called(PROCEDURE, "OK");
      return reply
        .type(TYPE)
        .send(raw.method === "HEAD" ? Readable.from([]) : streamOf(lines(first, readPage)));
    },
  });
}

/** Until the response has ended. @throws {Refusal} RATE_LIMITED */
function takePlace(streams: Map<UserId, number>, userId: UserId, response: ServerResponse): void {
  const taken = streams.get(userId) ?? 0;
  if (taken >= MAX_STREAMS_OF_PERSON) {
    const retryAfterSeconds = RETRY_AFTER_SECONDS;
    throw new Refusal("RATE_LIMITED", "too many exports by one person", { retryAfterSeconds });
  }
  streams.set(userId, taken + 1);
  finished(response, () => {
    const left = (streams.get(userId) ?? 1) - 1;
    if (left === 0) streams.delete(userId);
    else streams.set(userId, left);
  });
}

/** `Readable.from` would read a page ahead, whatever its mark. */
function streamOf(pages: AsyncGenerator<string>): Readable {
  return new Readable({
    highWaterMark: 0,
    read() {
      pages.next().then(
        ({ done, value }) => this.push(done === true ? null : value),
        (error) => this.destroy(error),
      );
    },
  });
}

async function* lines(
  first: AuditPage,
  readPage: (cursor: string) => Promise<AuditPage>,
): AsyncGenerator<string> {
  let left = MAX_LINES;
  for (let page = first; ; ) {
    const items = page.items.slice(0, left);
    if (items.length > 0) yield items.map((entry) => `${JSON.stringify(entry)}\n`).join("");
    left -= items.length;
    const { nextCursor } = page;
    if (left === 0 || nextCursor === null) return;
    page = await readPage(nextCursor);
    if (page.items.length === 0 && page.nextCursor === nextCursor) return; // the present end of the feed
  }
}
