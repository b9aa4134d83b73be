import type { AuditEntry } from "../audit.ts";
import type { MemberPlace, MemberWord } from "../member-places.ts";
import type { EventCursor } from "../revocation/event-cursor.ts";
import type { Reconciliation } from "../revocation/reconcile.ts";
import type { Items } from "../transaction.ts";
import type { Names } from "./person.ts";

/** Every kind of item that the store holds: those that decisions change, those that follow from these, and others. */
export interface HeldItems extends Items {
  readonly memberWord: MemberWord;
  readonly memberPlace: MemberPlace;
  readonly auditEntry: HeldEntry;
  readonly notice: HeldNotice;
  readonly heartbeat: HeldHeartbeat;
  readonly eventCursor: EventCursor;
  readonly reconciliation: Reconciliation;
}

export type HeldKind = keyof HeldItems;

/** An entry of the audit as it is stored; one of two users has a copy with the same id. */
export interface HeldEntry extends AuditEntry {
  readonly id: string;
  readonly isCopy: boolean;
  /** In seconds since 1970, by how long the audit was kept when it was written; absent for an entry that is kept for good. */
  readonly keptUntil?: number | undefined;
}

/** What caches must forget because of a change. */
export interface HeldNotice {
  readonly shard: number;
  /** By the store's clock. */
  readonly atMs: number;
  /** Another one for each notice. */
  readonly id: string;
  readonly keys: readonly string[];
}

/** When a job last got to its end. */
export interface HeldHeartbeat {
  readonly of: "domain-recheck";
  /** ISO 8601, UTC. */
  readonly endedAt: string;
}

/** An item of the store. */
export type Held = {
  readonly [Kind in HeldKind]: HeldOf<Kind>;
}[HeldKind];

export interface HeldOf<Kind extends HeldKind> {
  readonly kind: Kind;
  /** The word for its kind in the table. */
  readonly type: string;
  readonly value: HeldItems[Kind];
}

/** A page of the whole store. */
export interface HeldPage {
  /** How many items it has. */
  readonly items: number;
  /** Those that name somebody. */
  readonly found: readonly Held[];
  /** The keys of those that do and cannot be read. */
  readonly malformed: readonly string[];
}

/**
 * What an erasure asks of the store beyond its transactions. Every method throws {@link Refusal} STORE_UNAVAILABLE without a
 * usable answer before `signal` aborts.
 */
export interface PersonalItems {
  /** Reads everything, consistently, page by page. @param names looks into keys and values, as they are stored */
  scan(names: Names, signal: AbortSignal): AsyncIterable<HeldPage>;
  /** Stores subject and holder of entries, and of their copies. One that is not stored any more stays away. */
  replaceSubjects(entries: readonly HeldEntry[], signal: AbortSignal): Promise<void>;
  /** Takes a question off a cursor, unless another one stands in its place by now. */
  removeQuestion(tenant: string, place: Place, signal: AbortSignal): Promise<void>;
  /** The same of what is left to a reconciliation. */
  removeLeft(tenant: string, place: Place, signal: AbortSignal): Promise<void>;
}

/** Where a list has a subject. */
export interface Place {
  readonly index: number;
  readonly subject: string;
}
