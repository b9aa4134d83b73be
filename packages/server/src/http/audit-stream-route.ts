import { Readable } from "node:stream";
import { callTRPCProcedure } from "@trpc/server";
import type { FastifyInstance } from "fastify";
import { appRouter, inputProblem, type RouterOutputs } from "../trpc/index.ts";
import type { ContextOf } from "./contexts.ts";
import type { RequestEvents } from "./request-events.ts";
import type { Fields } from "./rest-operation.ts";

const PROCEDURE = "org.audit.list";
const MAX_LINES = 10_000;
const PAGE_LINES = 100;

type AuditPage = RouterOutputs["org"]["audit"]["list"];

/**
 * `/organizations/{organizationId}/audit.ndjson`: the pages of `org.audit.list` as one stream, an entry a line, at most
 * 10,000. Each page is a request of its own with its own deadline and check of the role. A page that fails behind the
 * first breaks the connection off, so that nobody takes a part for the whole.
 */
export function registerAuditStreamRoute(
  app: FastifyInstance,
  contextOf: ContextOf,
  called: RequestEvents["called"],
): void {
  app.get<{ Params: Fields; Querystring: Fields }>("/organizations/:organizationId/audit.ndjson", {
    config: { procedure: PROCEDURE },
    handler: async ({ raw, params, query }, reply) => {
      for (const name of ["organizationId", "cursor", "limit"]) {
        if (Object.hasOwn(query, name)) throw inputProblem(`${name} has no meaning here: leave it out`);
      }
      const readPage = async (cursor: string | null): Promise<AuditPage> =>
        callTRPCProcedure({
          ...{ router: appRouter, ctx: contextOf(raw), type: "query", path: PROCEDURE },
          getRawInput: async () => ({
            ...{ ...query, ...params, limit: PAGE_LINES },
            ...(cursor !== null && { cursor }),
          }),
          ...{ signal: undefined, batchIndex: 0 },
        });
      const first = await readPage(null);
      called(PROCEDURE, "OK");
      return reply.type("application/x-ndjson; charset=utf-8").send(Readable.from(lines(first, readPage)));
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
