import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { type CountCall, limitCalls } from "../../answer/index.ts";
import { type FeedPage, listWholeAudit, type WholeAudit } from "../../domain/index.ts";
import { instantInput, readInput } from "../../trpc/index.ts";
import type { RequestEvents } from "../transport/request-events.ts";
import type { SenderOf } from "../transport/senders.ts";
import type { Fields } from "./operation.ts";
import { linesOf, MAX_LINES, NDJSON, PAGE_LINES, StreamPlaces, streamOf } from "./page-stream.ts";

/** Its name among the procedures, for metrics. */
export const AUDIT_FEED = "audit-feed";

export const feedQuery = z.strictObject({
  order: z.literal("oldest").describe("The only order that a feed has").optional(),
  since: instantInput.describe("Entries at this time and later, ISO 8601 with a zone").optional(),
  cursor: z
    .string()
    .max(4_096)
    .describe("The `nextCursor` of the last line of the previous answer; empty at the beginning")
    .optional(),
});

interface AuditFeed extends Pick<RequestEvents, "called"> {
  readonly senderOf: SenderOf;
  readonly ports: { readonly wholeAudit: WholeAudit; readonly now: () => Date };
  /** By permission and client id. */
  readonly countService: CountCall;
}

/**
 * `/audit.ndjson`: the audit of all organizations, for a service with the permission `audit`. An entry a line, at most
 * 10,000, and behind them one line with the cursor of what follows. Without that line an answer is not whole: a page that
 * fails behind the first breaks the connection off. Each page is a request of its own, with its own deadline and check of
 * the token. A service has at most two streams at a time.
 */
export function registerAuditFeedRoute(app: FastifyInstance, options: AuditFeed): void {
  const { senderOf, ports, countService, called } = options;
  const places = new StreamPlaces();
  app.get<{ Querystring: Fields }>("/audit.ndjson", {
    config: { procedure: AUDIT_FEED },
    async handler({ raw, query }, reply) {
      const sender = senderOf(raw);
      const { clientId } = await sender.counted(sender.service("audit"));
      const { since, cursor: given = "" } = readInput(feedQuery, query);
      limitCalls(countService, `audit ${clientId}`, "calls of one service");
      const readPage = async (cursor: string | undefined, asking = senderOf(raw)): Promise<FeedPage> => {
        await asking.service("audit");
        const list = () => listWholeAudit({ since, cursor, limit: PAGE_LINES }, ports, asking.signal);
        return asking.traced(list);
      };
      const cursor = given === "" ? undefined : given;
      const first = await readPage(cursor, sender);
      if (raw.socket.destroyed) return reply.hijack(); // nobody waits, and Node before 24 has no event that gives the place back
      const isHead = raw.method === "HEAD";
      if (!isHead) places.take(clientId, reply.raw);
      called(AUDIT_FEED, "OK");
      return reply.type(NDJSON).send(isHead ? Readable.from([]) : streamOf(lines(first, cursor, readPage)));
    },
  });
}

async function* lines(
  first: FeedPage,
  cursor: string | undefined,
  readPage: (cursor: string) => Promise<FeedPage>,
): AsyncGenerator<string> {
  let left = MAX_LINES;
  let asked = cursor;
  for (let page = first; ; page = await readPage(asked)) {
    const { items, nextCursor } = page;
    if (items.length > 0) yield linesOf(items);
    left -= items.length;
    const isEnd = items.length === 0 && nextCursor === asked;
    if (isEnd || left < PAGE_LINES) return yield linesOf([{ nextCursor }]);
    asked = nextCursor;
  }
}
