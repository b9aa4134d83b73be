import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { RecordStore } from "../records/record-store.ts";

const KIND = "Event";
const HEAD = "EventHead";
const KEPT_SECONDS = 3 * 86_400;
/** Offsets have so many digits, so that their order is that of the events. */
const DIGITS = 12;

const eventSchema = z.object({
  offset: z.string(),
  type: z.string(),
  time: z.string(),
  id: z.string(),
  object: z.record(z.string(), z.unknown()),
});

/** Something that has happened in the tenant. */
export type TenantEvent = Readonly<z.infer<typeof eventSchema>>;

/** What happens in the tenant, in its order, for three days. */
export class EventLog {
  readonly #records: RecordStore;
  readonly #listeners = new Set<() => void>();

  constructor(records: RecordStore) {
    this.#records = records;
  }

  append(type: string, object: TenantEvent["object"], time = new Date().toISOString()): void {
    const offset = offsetOf(Number(this.head()) + 1);
    const event: TenantEvent = { offset, type, time, id: `evt_${randomBytes(11).toString("hex")}`, object };
    const expiresAt = Math.floor(Date.now() / 1_000) + KEPT_SECONDS;
    this.#records.write(KIND, offset, event, { expiresAt });
    this.#records.write(HEAD, HEAD, offset);
    for (const listener of this.#listeners) listener();
  }

  /** The offset of the last event. */
  head(): string {
    return this.#records.read(HEAD, HEAD, z.string()) ?? offsetOf(0);
  }

  /** The events behind an offset. `expired` if some of them are gone, `unknown` if there was none with it. */
  after(offset: string): readonly TenantEvent[] | "expired" | "unknown" {
    if (!/^\d{12}$/.test(offset) || offset > this.head()) return "unknown";
    const kept = this.#kept();
    const oldest = kept[0]?.offset ?? offsetOf(Number(this.head()) + 1);
    if (Number(offset) + 1 < Number(oldest)) return "expired";
    return kept.filter((event) => event.offset > offset);
  }

  /** The offset before the first event that is as old or younger; the last one if there is none. */
  before(time: string): string {
    const first = this.#kept().find((event) => event.time >= time);
    return first === undefined ? this.head() : offsetOf(Number(first.offset) - 1);
  }

  /** Forgets what has happened so far, as it does by itself after three days. */
  forget(): void {
    for (const { offset } of this.#kept()) this.#records.remove(KIND, offset);
  }

  /** @returns ends the calls */
  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #kept(): readonly TenantEvent[] {
    return this.#records.list(KIND, eventSchema);
  }
}

function offsetOf(count: number): string {
  return String(count).padStart(DIGITS, "0");
}
