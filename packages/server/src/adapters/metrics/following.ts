import type { EventCursor, Reconciliation } from "../../domain/index.ts";
import type { Clock } from "../clock.ts";
import { askedWhenRead } from "./asked-when-read.ts";

/** How the events of the identity provider are followed, whichever process does it. */
export interface Following {
  /** How old what was followed last is. */
  readonly lagMs: number;
  /** Since the last event; null before the first one. */
  readonly eventAgeMs: number | null;
  readonly reconnects: number;
  readonly unreadable: number;
  /** Subjects that are still asked for because of an event. */
  readonly questions: number;
  /** Subjects that were read again when events were last lost. */
  readonly reconciled: number;
  /** Since that reading last came further; 0 where it has ended, or never begun. */
  readonly reconcilingMs: number;
}

/** Less than it takes until the alert fires. */
const ASK_AGAIN_MS = 15_000;

/** @returns null where nobody has followed them, and before the first answer of the store */
export function following(
  find: (signal: AbortSignal) => Promise<{
    readonly cursor: EventCursor | null;
    readonly reconciliation: Reconciliation | null;
  }>,
  clock: Clock,
): () => Following | null {
  const last = askedWhenRead(find, ASK_AGAIN_MS, clock);
  const ageMs = (time: string) => Math.max(0, clock.wallMs() - Date.parse(time));
  return () => {
    const { cursor = null, reconciliation = null } = last()?.answer ?? {};
    if (cursor === null) return null;
    const { until, eventAt, questions, reconnects, unreadable } = cursor;
    return {
      lagMs: ageMs(until),
      eventAgeMs: eventAt === null ? null : ageMs(eventAt),
      reconnects,
      unreadable,
      questions: questions.length,
      reconciled: reconciliation?.read ?? 0,
      reconcilingMs: reconciliation === null || reconciliation.isEnded ? 0 : ageMs(reconciliation.at),
    };
  };
}
