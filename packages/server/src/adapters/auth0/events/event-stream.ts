import { createParser, type EventSourceMessage } from "eventsource-parser";
import { z } from "zod";
import type { UserEvent } from "../../../domain/index.ts";
import { ManagementError } from "../management-error.ts";

/** The types of events that are asked for, and what they are to us. */
export const EVENT_TYPES = {
  "user.created": "created",
  "user.updated": "updated",
  "user.deleted": "deleted",
} as const satisfies Record<string, UserEvent["type"]>;

/** What the stream says. `offset`: where to go on behind it. */
export type StreamMessage =
  | { readonly kind: "event"; readonly offset: string; readonly event: UserEvent }
  /** Everything until here has been said, and nothing of it was asked for. */
  | { readonly kind: "offset"; readonly offset: string }
  /** Nothing has happened, and the stream lives. */
  | { readonly kind: "alive" }
  /** An event that does not say of whom it is. `offset` null where not even that can be read. */
  | { readonly kind: "unreadable"; readonly offset: string | null };

/** The stream cannot be continued from the event that was asked for: it is too old, or unknown. */
export class EventsLost extends Error {
  constructor() {
    super("Auth0 does not continue from the last stored event any more");
  }
}

/** In characters. Auth0's own limit is not documented; an event is about 2 KiB. */
const MAX_EVENT = 4_194_304;
/** Said at the beginning, before what is old. */
const CONNECTED = "connected";
const LOST_CODES = ["invalid_cursor", "cursor_expired"];

const offset = z.string().min(1).max(2_048);
const withOffset = z.object({ offset });
const told = z.object({
  time: z.iso.datetime({ offset: true }).nullable().catch(null),
  a0purpose: z.unknown().optional(),
  data: z.object({
    object: z.object({
      user_id: z.string().min(1).max(1_024),
      blocked: z.boolean().nullable().default(false).catch(null),
    }),
  }),
});
const failure = z.object({ error: z.object({ code: z.string().regex(/^[a-z_]{1,64}$/) }) });

/** Reads server-sent events, cut anywhere. */
export class EventStreamReader {
  readonly #decoder = new TextDecoder();
  #read: StreamMessage[] = [];
  #problem: Error | null = null;
  readonly #parser = createParser({
    maxBufferSize: MAX_EVENT,
    onEvent: (message) => this.#take(message),
    onComment: (comment) => {
      if (comment.trim() !== CONNECTED) this.#read.push({ kind: "alive" });
    },
    onError: ({ type }) => {
      if (type === "max-buffer-size-exceeded")
        this.#problem = new ManagementError("malformed", "an event of the stream is too large");
    },
  });

  /** @returns what has become complete */
  read(bytes: Uint8Array): readonly StreamMessage[] {
    this.#read = [];
    this.#parser.feed(this.#decoder.decode(bytes, { stream: true }));
    return this.#read;
  }

  /** Behind what was complete. @throws {EventsLost | ManagementError} where the stream ends with an error */
  throwIfEnded(): void {
    if (this.#problem !== null) throw this.#problem;
  }

  #take({ event: type = "", id, data }: EventSourceMessage): void {
    if (this.#problem !== null) return;
    const json = parsed(data);
    if (type === "error") {
      this.#problem = problemOf(json);
      return;
    }
    const at = withOffset.safeParse(json).data?.offset ?? offset.safeParse(id).data ?? null;
    const ours = isOurs(type) ? EVENT_TYPES[type] : null;
    if (at === null) this.#read.push({ kind: "unreadable", offset: null });
    else if (ours === null) this.#read.push({ kind: "offset", offset: at });
    else this.#read.push(userEvent(ours, at, json));
  }
}

function isOurs(type: string): type is keyof typeof EVENT_TYPES {
  return Object.hasOwn(EVENT_TYPES, type);
}

function userEvent(type: UserEvent["type"], at: string, json: unknown): StreamMessage {
  const { data: event } = z.object({ event: told }).safeParse(json);
  if (event === undefined) return { kind: "unreadable", offset: at };
  const { time, a0purpose, data } = event.event;
  if (a0purpose === "test") return { kind: "offset", offset: at };
  const { user_id: subject, blocked } = data.object;
  return {
    kind: "event",
    offset: at,
    // Of somebody who is deleted it says nothing.
    event: {
      type,
      subject,
      at: time === null ? null : new Date(time),
      isBlocked: type === "deleted" ? false : blocked,
    },
  };
}

function problemOf(json: unknown): Error {
  const code = failure.safeParse(json).data?.error.code ?? "unknown";
  if (LOST_CODES.includes(code)) return new EventsLost();
  return new ManagementError("transport", `the stream of events ends with the error ${code}`);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
