import { PassThrough, type Readable } from "node:stream";
import type { EventLog, TenantEvent } from "../tenant/events.ts";
import { ApiError } from "./api-error.ts";
import type { RawCall, Route } from "./route.ts";
import type { ManagementServices } from "./services.ts";

const HEARTBEAT_MS = 10_000;
const OFFSET_ONLY_MS = 30_000;
/** Auth0 closes each connection every few minutes. */
const CYCLE_MS = 240_000;

/** The Events API. Source: `AUTH0`, section 4. */
export function eventRoutes({ events, issuers, eventsCycleMs = CYCLE_MS }: ManagementServices): Route[] {
  return [
    {
      call: "GET /events",
      scope: "read:events",
      answer: ({ search, lastEventId }) => {
        const types = search.getAll("event_type");
        if (types.length === 0) throw invalid("Missing required property: event_type");
        const after = positionOf({ search, lastEventId }, events);
        const source = `urn:auth0:${new URL(issuers[0]).host}`;
        return { status: 200, stream: streamOf({ events, types, after, source, cycleMs: eventsCycleMs }) };
      },
    },
  ];
}

/** The offset behind which a stream begins. */
function positionOf(
  { search, lastEventId }: Pick<RawCall, "search" | "lastEventId">,
  events: EventLog,
): string {
  const from = lastEventId ?? search.get("from");
  const time = search.get("from_timestamp");
  if (from === null && time !== null) {
    if (Number.isNaN(Date.parse(time))) throw invalid("Object didn't pass validation for format date-time");
    return events.before(new Date(time).toISOString());
  }
  const offset = from ?? events.head();
  const behind = events.after(offset);
  if (behind === "unknown") throw invalid("The cursor is invalid");
  if (behind === "expired") throw new ApiError(410, "The cursor has expired", "cursor_expired");
  return offset;
}

function invalid(message: string): ApiError {
  return new ApiError(400, message, "invalid_query_string");
}

interface StreamOptions {
  readonly events: EventLog;
  readonly types: readonly string[];
  readonly after: string;
  readonly source: string;
  readonly cycleMs: number;
}

function streamOf({ events, types, after, source, cycleMs }: StreamOptions): Readable {
  const stream = new PassThrough();
  let sent = after;
  const send = () => {
    const behind = events.after(sent);
    if (typeof behind === "string") {
      const error = { code: "cursor_expired", message: "The cursor has expired" };
      stream.end(`event: error\ndata: ${JSON.stringify({ error })}\n\n`);
      return;
    }
    for (const event of behind) {
      stream.write(types.includes(event.type) ? frameOf(event, source) : offsetOnly(event.offset));
      sent = event.offset;
    }
  };
  stream.write(":connected\n\nretry: 2000\n\n");
  send();
  const stop = events.onAppend(send);
  const timers = [
    setInterval(() => stream.write(": heartbeat\n\n"), HEARTBEAT_MS),
    setInterval(() => stream.write(offsetOnly(sent)), OFFSET_ONLY_MS),
    setTimeout(() => stream.end(), cycleMs),
  ];
  for (const timer of timers) timer.unref();
  stream.once("close", () => {
    stop();
    for (const timer of timers) clearTimeout(timer);
  });
  return stream;
}

function offsetOnly(offset: string): string {
  return `event: offset-only\ndata: ${JSON.stringify({ offset })}\n\n`;
}

function frameOf({ offset, type, time, id, object }: TenantEvent, source: string): string {
  const context = { tenant: { id: "development" } };
  const event = {
    specversion: "1.0",
    type,
    source,
    id,
    time,
    data: { object, context },
    a0tenant: "development",
    a0stream: "est_development0000000000",
  };
  return `event: ${type}\nid: ${offset}\ndata: ${JSON.stringify({ offset, event })}\n\n`;
}
