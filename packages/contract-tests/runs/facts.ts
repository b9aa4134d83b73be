import { STANDING_REASONS, type StandingReason } from "@platform-api/server/wire";

/** Work as platform-api is asked about it: by whom, through which login, since when. */
export interface Work {
  readonly userId: string;
  readonly subject: string;
  /** Whether the login came through Acme's own connection. */
  readonly isSso: boolean;
  /** Whole seconds since the epoch. */
  readonly since: number;
}

/** What holds of somebody or of Acme, or holds no more. */
export type Fact =
  | { readonly fact: "removed" | "blocked"; readonly userId: string; readonly holds: boolean }
  | { readonly fact: "subject blocked"; readonly subject: string; readonly holds: boolean }
  | { readonly fact: "enforced" | "connection off"; readonly holds: boolean }
  | { readonly fact: "signed out"; readonly userId: string; readonly until: number; readonly holds: true };

interface Stored {
  readonly fact: Fact;
  readonly atMs: number;
}

/** From when until when something held. */
type Span = readonly [fromMs: number, untilMs: number];

const nothing = () => false;

/** Whether a fact is one that ends the work for this reason. */
const ENDS: Readonly<Record<StandingReason, (fact: Fact, work: Work) => boolean>> = {
  NOT_A_MEMBER: nothing,
  ROLE_REQUIRED: nothing,
  MEMBERSHIP_REMOVED: (fact, { userId }) => fact.fact === "removed" && fact.userId === userId,
  IDENTITY_BLOCKED: (fact, { userId, subject }) =>
    (fact.fact === "blocked" && fact.userId === userId) ||
    (fact.fact === "subject blocked" && fact.subject === subject),
  TOKEN_REVOKED: (fact, { userId, since }) =>
    fact.fact === "signed out" && fact.userId === userId && since <= fact.until,
  SSO_REQUIRED: ({ fact }, { isSso }) => fact === (isSso ? "connection off" : "enforced"),
};

/** All that was stored: which work it ends, and when. It knows no item, no cache and no token. */
export class Facts {
  /** In the order in which they were stored. */
  readonly #stored: Stored[] = [];

  store(fact: Fact, atMs: number): void {
    this.#stored.push({ fact, atMs });
  }

  /** When what ends the work now began to hold; null if nothing does. */
  endedSince(work: Work, atMs: number): number | null {
    const spans = STANDING_REASONS.flatMap((reason) => this.#spans(work, reason));
    const now = spans.filter(([fromMs, untilMs]) => fromMs <= atMs && atMs < untilMs);
    return now.length === 0 ? null : Math.min(...now.map(([fromMs]) => fromMs));
  }

  /**
   * Whether somebody could find this reason who reads each fact at some moment of this time: it held then, and no reason
   * before it held all the time.
   */
  mayEnd(work: Work, reason: StandingReason, [fromMs, untilMs]: Span): boolean {
    const held = (each: StandingReason, isWhole: boolean) =>
      this.#spans(work, each).some((span) =>
        isWhole ? span[0] <= fromMs && untilMs < span[1] : span[0] <= untilMs && fromMs < span[1],
      );
    const before = STANDING_REASONS.slice(0, STANDING_REASONS.indexOf(reason));
    return held(reason, false) && !before.some((each) => held(each, true));
  }

  #spans(work: Work, reason: StandingReason): readonly Span[] {
    const spans: Span[] = [];
    const open = new Map<string, number>();
    for (const { fact, atMs } of this.#stored) {
      if (!ENDS[reason](fact, work)) continue;
      const { holds, ...name } = fact;
      const key = JSON.stringify(name);
      const fromMs = open.get(key);
      if (holds && fromMs === undefined) open.set(key, atMs);
      if (!holds && fromMs !== undefined) {
        spans.push([fromMs, atMs]);
        open.delete(key);
      }
    }
    return [...spans, ...[...open.values()].map((fromMs): Span => [fromMs, Number.POSITIVE_INFINITY])];
  }
}
