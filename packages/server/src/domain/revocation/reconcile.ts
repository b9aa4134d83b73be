import { recordEvent } from "./record.ts";
import { type Settled, settle, type UserEventPorts } from "./user-events.ts";

/** A subject that is asked for. */
export interface Listed {
  readonly subject: string;
  /** Null for one that is not known to be linked, and that an event has blocked. */
  readonly linkedAt: string | null;
}

/** How far the reading of all known subjects of a tenant has come, which makes up for events that are lost. */
export interface Reconciliation {
  readonly tenant: string;
  /** The last stored event before those that are lost; null if there was none. */
  readonly lostAfter: string | null;
  /** Behind which place it goes on, in words of the store; null at the beginning. */
  readonly after: string | null;
  /** Those from before that place that are asked for again, because there was no answer, or it decides nothing yet. */
  readonly left: readonly Listed[];
  /** Linked subjects that were read so far. */
  readonly read: number;
  /** Of those, how many were deleted, which no event had told. */
  readonly gone: number;
  /** Of those, how many have no id of a user: they cannot be asked for. */
  readonly unaskable: number;
  /** When it came so far (ISO 8601, UTC). */
  readonly at: string;
  readonly isEnded: boolean;
}

/** The subjects that are to be asked for, and how far a reconciliation has come. All throw STORE_UNAVAILABLE. */
export interface Reconciliations {
  find(tenant: string, signal: AbortSignal): Promise<Reconciliation | null>;
  save(reconciliation: Reconciliation, signal: AbortSignal): Promise<void>;
  /**
   * A page of the tenant's subjects that are linked, or that an event has blocked, in an order that stays.
   * @returns `next` null at the end
   */
  listSubjects(
    tenant: string,
    after: string | null,
    signal: AbortSignal,
  ): Promise<{ readonly subjects: readonly Listed[]; readonly next: string | null }>;
}

export interface ReconcileOptions {
  /** Waits before each question. */
  readonly pace: (signal: AbortSignal) => Promise<void>;
  /** Waits after a question without an answer. @throws where no later one helps */
  readonly onFailure: (error: unknown, signal: AbortSignal) => Promise<void>;
  /** An operator has said that so many were deleted. */
  readonly acceptsDeletions: boolean;
  readonly onProgress: (reconciliation: Reconciliation) => void;
}

/** Too many subjects are unknown to the identity provider: it may be another tenant. An operator decides. */
export class TooManyDeletions extends Error {
  readonly read: number;
  readonly gone: number;

  constructor({ read, gone }: Pick<Reconciliation, "read" | "gone">) {
    super(`${gone} of ${read} linked subjects do not exist at the identity provider`);
    this.read = read;
    this.gone = gone;
  }
}

/** The most that may be gone without an operator, of those that were read. */
const MAX_GONE_SHARE = 0.01;
/** Before so many are read, or all, a share says nothing: until then no deletion is stored. */
const SAMPLE = 1_000;
/** So many may be without an answer while others are asked for. */
const MAX_LEFT = 100;

interface Gone extends Listed {
  /** When it was asked for. */
  readonly at: Date;
}

type Ports = UserEventPorts & { readonly reconciliations: Reconciliations };

export function begunReconciliation(
  begun: Pick<Reconciliation, "tenant" | "lostAfter"> & { readonly at: Date },
): Reconciliation {
  const none = { after: null, left: [], read: 0, gone: 0, unaskable: 0, isEnded: false } as const;
  return { ...begun, ...none, at: begun.at.toISOString() };
}

/**
 * Reads each known subject of the tenant once more, and stores what events have not told. It goes on behind where it was
 * interrupted, and may read what it has read. Who cannot be asked holds nobody up, and is asked for until there is an answer.
 * @throws {TooManyDeletions}
 */
export async function reconcile(
  begun: Reconciliation,
  options: ReconcileOptions,
  ports: Ports,
  signal: AbortSignal,
): Promise<void> {
  const { reconciliations, identities } = ports;
  const { tenant } = begun;
  const { acceptsDeletions, onProgress } = options;
  let state = begun;
  let left = begun.left;
  const gone: Gone[] = [];
  do {
    const { subjects, next } = await reconciliations.listSubjects(tenant, state.after, signal);
    let { unaskable } = state;
    for (let wanted = [...left, ...subjects]; ; wanted = [...left]) {
      left = [];
      for (const listed of wanted) {
        const answer = await askFor(listed, tenant, options, ports, signal);
        if (answer === null) left = [...left, listed];
        else if (listed.linkedAt !== null && answer.is === "gone") gone.push({ ...listed, at: answer.at });
        else if (listed.linkedAt !== null && answer.is === "unaskable") unaskable += 1;
      }
      if (left.length <= (next === null ? 0 : MAX_LEFT)) break;
    }
    const read = state.read + subjects.filter(({ linkedAt }) => linkedAt !== null).length;
    const unknown = state.gone + gone.length + unaskable;
    const enough = next === null ? read : Math.max(read, SAMPLE);
    if (!acceptsDeletions && unknown > Math.max(1, MAX_GONE_SHARE * enough))
      throw new TooManyDeletions({ read, gone: unknown });
    const deleted = acceptsDeletions || read >= enough ? gone.splice(0) : [];
    for (const { at, ...listed } of deleted) {
      const key = { tenant, subject: listed.subject };
      await recordEvent(key, { change: "deleted", at }, ports, signal);
      // It may be created again since it was asked for.
      while ((await askFor(listed, tenant, options, ports, signal)) === null);
    }
    const undecided = gone.map(({ at: _, ...listed }) => listed);
    const counts = { read, gone: state.gone + deleted.length, unaskable };
    const place = { after: next, left: [...left, ...undecided], isEnded: next === null };
    state = { ...state, ...counts, ...place, at: identities.storeNow().toISOString() };
    await reconciliations.save(state, signal);
    onProgress(state);
  } while (!state.isEnded);
}

/** @returns null without an answer, after a pause */
async function askFor(
  { subject, linkedAt }: Listed,
  tenant: string,
  { pace, onFailure }: ReconcileOptions,
  ports: Ports,
  signal: AbortSignal,
): Promise<Settled | null> {
  try {
    for (;;) {
      await pace(signal);
      const given = { at: null, isNamed: false, linkedAt };
      const settled = await settle({ tenant, subject }, given, ports, signal);
      if (settled.change !== "blocked") return settled;
    }
  } catch (error) {
    signal.throwIfAborted();
    await onFailure(error, signal);
    return null;
  }
}
