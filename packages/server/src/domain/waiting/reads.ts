import { workLocal } from "./work-local.ts";

/** A value that a cache holds. Both times are by the monotonic clock. */
export interface CachedRead {
  /** Until when it holds, whatever this process knows of changes. */
  untilMs: number;
  /** Until when it holds while this process knows of every change. */
  lastMs: number;
}

/** What this process knows of changes by others: until when it knows of all, by the monotonic clock. */
export interface Freshness {
  untilMs: number;
}

/** Whether a read, or the oldest of several, still holds. */
export function holds({ untilMs, lastMs }: CachedRead, nowMs: number, freshness: Freshness): boolean {
  return nowMs < untilMs || (nowMs < lastMs && nowMs < freshness.untilMs);
}

/** Values that were made of cached reads, by key. */
export interface Memory<Value> {
  /** Null unless all that the value was made of is current. */
  recall(key: string): Value | null;
  /** @param reads all that the value was made of. Without any nothing is remembered: nothing would end it */
  remember(key: string, value: Value, reads: readonly CachedRead[]): void;
}

let ended = 0;

/** Ends a read before its time, because this process knows that the value changed, or can no longer learn of it. */
export function endRead(read: CachedRead): void {
  read.untilMs = Number.NEGATIVE_INFINITY;
  read.lastMs = Number.NEGATIVE_INFINITY;
  ended += 1;
}

/** How many reads have ended before their time. While it stays the same, only time ends a read. */
export function endedReads(): number {
  return ended;
}

/** What the work of one request has read. An answer made of it may be given again while all of it is current. */
export class Reads {
  readonly cached: CachedRead[] = [];
  /** False as soon as something was read that no cache holds. */
  complete = true;
}

/** A request's reads. Or what a cache reads for itself: what it had of a user until its time was up, or anything else. */
const current = workLocal<Reads | "renewal" | "load">();

/** Runs work whose reads are added to `reads`. */
export function recordReads<T>(reads: Reads, work: () => T): T {
  return current.run(reads, work);
}

/** Runs a cache's own read, which counts by what the cache then holds. A read within a renewal is one as well. */
export function unrecorded<T>(read: () => T, isRenewal = false): T {
  return current.run(isRenewal || renewsCache() ? "renewal" : "load", read);
}

/** Whether the running work is a cache's own read. */
export function loadsCache(): boolean {
  return typeof current.getStore() === "string";
}

/** Whether the running work reads again what a cache had of a user until its time was up. */
export function renewsCache(): boolean {
  return current.getStore() === "renewal";
}

/** Called for each value that comes from a cache. */
export function readFromCache(read: CachedRead): void {
  const reads = current.getStore();
  if (reads instanceof Reads && !reads.cached.includes(read)) reads.cached.push(read);
}

/** Called for each value that does not come from a cache: asked from an upstream, or taken over from another request. */
export function readOutsideCaches(): void {
  const reads = current.getStore();
  if (reads instanceof Reads) reads.complete = false;
}
