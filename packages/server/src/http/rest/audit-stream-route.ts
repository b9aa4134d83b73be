import { Readable } from "node:stream";
import { callTRPCProcedure } from "@trpc/server";
import type { FastifyInstance } from "fastify";
import { appRouter, type Context, inputProblem, type RouterOutputs } from "../../trpc/index.ts";
import type { ContextOf } from "../transport/contexts.ts";
import type { RequestEvents } from "../transport/request-events.ts";
import { noteInput } from "../transport/request-names.ts";
import type { Fields } from "./operation.ts";
import { linesOf, MAX_LINES, NDJSON, PAGE_LINES, StreamPlaces, streamOf } from "./page-stream.ts";

const PROCEDURE = "org.audit.list";

type AuditPage = RouterOutputs["org"]["audit"]["list"];

/**
 * `/organizations/{organizationId}/audit.ndjson`: the pages of `org.audit.list` as one stream, an entry a line, at most
 * 10,000. Each page is a request of its own with its own deadline and check of the role. A page that fails behind the
 * first breaks the connection off, so that nobody takes a part for the whole. A person has at most two streams at a time.
 */
export function registerAuditStreamRoute(
  app: FastifyInstance,
  contextOf: ContextOf,
  called: RequestEvents["called"],
): void {
  const places = new StreamPlaces();
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
      if (raw.method !== "HEAD") places.take(userId, reply.raw);
      called(PROCEDURE, "OK");
      return reply
        .type(NDJSON)
        .send(raw.method === "HEAD" ? Readable.from([]) : streamOf(lines(first, readPage)));
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
    if (items.length > 0) yield linesOf(items);
    left -= items.length;
    const { nextCursor } = page;
    if (left === 0 || nextCursor === null) return;
    page = await readPage(nextCursor);
    if (page.items.length === 0 && page.nextCursor === nextCursor) return; // the present end of the feed
  }
}
