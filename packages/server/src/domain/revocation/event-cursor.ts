import type { Question } from "./user-events.ts";

/** How far the identity provider's events are followed, of one tenant. */
export interface EventCursor {
  readonly tenant: string;
  /** Of the last event whose effect is stored; null before the first one. */
  readonly offset: string | null;
  /** The latest time of an event (ISO 8601, UTC); null before the first one. */
  readonly eventAt: string | null;
  /** What had happened by then has its effect, as far as is known. */
  readonly until: string;
  /** What is still asked for because of an event until there: a follower that ends loses none of it. */
  readonly questions: readonly Question[];
  /** Connections after the first one. */
  readonly reconnects: number;
  /** Events that could not be read, or not wholly. */
  readonly unreadable: number;
}

/** Each write replaces the last one: a follower that is behind only repeats. Both methods throw STORE_UNAVAILABLE. */
export interface EventCursors {
  find(tenant: string, signal: AbortSignal): Promise<EventCursor | null>;
  save(cursor: EventCursor, signal: AbortSignal): Promise<void>;
}
