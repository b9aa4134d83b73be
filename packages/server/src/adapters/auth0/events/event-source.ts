import { abortable, within } from "../../../domain/index.ts";
import { expired } from "../deadline.ts";
import { ManagementError } from "../management-error.ts";
import type { TokenSource } from "../management-token.ts";
import { EVENT_TYPES, EventStreamReader, EventsLost, type StreamMessage } from "./event-stream.ts";

/** Behind which event a stream begins, or with which time. */
export type Position = { readonly offset: string } | { readonly since: Date };

/** Where events come from. */
export interface EventSource {
  /**
   * One connection. What it yields together has arrived together; the next is read when that is handled.
   * @throws {EventsLost} it cannot begin there
   * @throws {ManagementError} anything else, also when nothing is heard for a minute; it ends where Auth0 ends it
   */
  open(position: Position, signal: AbortSignal): AsyncIterable<readonly StreamMessage[]>;
}

export interface EventSourceOptions {
  /** The tenant's base address, without a trailing slash. */
  readonly url: string;
  readonly tokens: TokenSource;
  /** Until the answer begins. Default: 10,000. */
  readonly connectMs?: number;
  /** Auth0 says something more often. Default: 60,000. */
  readonly silenceMs?: number;
}

/** Auth0's Events API. */
export function auth0Events(options: EventSourceOptions): EventSource {
  const { url, tokens, connectMs = 10_000, silenceMs = 60_000 } = options;

  async function connect(position: Position, signal: AbortSignal, limit: AbortSignal): Promise<Response> {
    for (let attempt = 1; ; attempt++) {
      const token = await tokens.current(limit);
      const headers = { accept: "text/event-stream", authorization: `Bearer ${token.value}` };
      const request = { headers, signal, redirect: "manual" } as const; // a redirect would take the token along
      const response = await abortable(fetch(addressOf(url, position), request), limit);
      if (response.ok && isEventStream(response)) return response;
      await response.body?.cancel();
      if (response.status !== 401 || attempt > 1) throw problemOf(response);
      tokens.drop(token);
    }
  }

  return {
    async *open(position, signal) {
      const end = new AbortController();
      try {
        const response = await within(
          connectMs,
          signal,
          (limit) => connect(position, end.signal, limit),
          expired,
        );
        const chunks = response.body?.getReader();
        const reader = new EventStreamReader();
        while (chunks !== undefined) {
          const { done, value } = await within(
            silenceMs,
            signal,
            (limit) => abortable(chunks.read(), limit),
            silent,
          );
          if (done) return;
          const messages = reader.read(value);
          if (messages.length > 0) yield messages;
          reader.throwIfEnded();
        }
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof ManagementError || error instanceof EventsLost) throw error;
        throw new ManagementError("transport", "Auth0 is unreachable: check AUTH0_MANAGEMENT_URL", {
          cause: error,
        });
      } finally {
        end.abort();
      }
    },
  };
}

const silent = () => new ManagementError("transport", "nothing was heard from Auth0 for too long");

function addressOf(url: string, position: Position): URL {
  const address = new URL(`${url}/api/v2/events`);
  for (const type of Object.keys(EVENT_TYPES)) address.searchParams.append("event_type", type);
  if ("offset" in position) address.searchParams.set("from", position.offset);
  else address.searchParams.set("from_timestamp", position.since.toISOString());
  return address;
}

function isEventStream({ headers }: Response): boolean {
  return /^text\/event-stream *(;|$)/i.test(headers.get("content-type") ?? "");
}

function problemOf({ status, ok }: Response): Error {
  if (ok) return new ManagementError("malformed", "the answer is not a stream of events");
  // 400 is also the answer to an offset that Auth0 does not know.
  if (status === 410 || status === 400) return new EventsLost();
  const why =
    status === 403
      ? ": the grant of the client AUTH0_EVENTS_CLIENT_ID lacks the scope read:events"
      : status === 401
        ? ": it does not accept its own token"
        : status === 429
          ? ": too many connections read the events, or too many requests were made"
          : "";
  return new ManagementError("status", `the events: Auth0 answers ${status}${why}`, { status });
}
