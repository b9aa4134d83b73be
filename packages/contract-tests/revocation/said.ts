import type { SubjectEvent, UserId } from "@platform-api/server/domain";

/** What a token says of itself. */
export interface Issued {
  readonly subject: string;
  readonly userId: UserId;
  /** Null for a token that does not name its session. */
  readonly sid: string | null;
  /** Whole seconds since the epoch. */
  readonly issuedAt: number;
}

/** What somebody has said that ends tokens, or lets them in again. Times are those of who says it. */
export type Saying =
  | {
      readonly by: "event";
      readonly subject: string;
      readonly change: SubjectEvent["change"];
      readonly atMs: number;
    }
  | { readonly by: "logout"; readonly subject: string; readonly sid: string | null; readonly at: number }
  | { readonly by: "operator"; readonly subject: string; readonly isBlocked: boolean }
  | { readonly by: "operator"; readonly userId: UserId; readonly isBlocked: boolean }
  | { readonly by: "sign-out"; readonly subject: string; readonly until: number }
  | { readonly by: "sign-out"; readonly userId: UserId; readonly until: number };

type Said = Saying & { readonly storedMs: number };

export type Answer = "yes" | "IDENTITY_BLOCKED" | "TOKEN_REVOKED";

/** What each item that is stored says of a token, by all that was said. Each is read at a moment of its own. */
const ITEMS: readonly ((token: Issued, said: readonly Said[]) => Answer)[] = [
  ({ subject, sid, issuedAt }, said) => {
    const own = said.filter((each) => "subject" in each && each.subject === subject);
    const events = own.filter((each) => each.by === "event");
    const latestMs = Math.max(...events.map(({ atMs }) => atMs));
    // Of both at the same time the block counts.
    if (events.some(({ atMs, change }) => atMs === latestMs && change !== "lifted"))
      return "IDENTITY_BLOCKED";
    if (own.findLast((each) => each.by === "operator")?.isBlocked) return "IDENTITY_BLOCKED";
    const ends = own.map((each) => {
      if (each.by === "event") return each.change === "deleted" ? Math.floor(each.atMs / 1_000) : null;
      if (each.by === "sign-out") return each.until;
      // Of a token that does not name its session, each session may be its own.
      return each.by === "logout" && (each.sid === null || sid === null) ? each.at : null;
    });
    return revokedBy(issuedAt, ends);
  },
  ({ subject, sid, issuedAt }, said) => {
    const own = said.filter((each) => each.by === "logout" && each.subject === subject && each.sid === sid);
    return revokedBy(
      issuedAt,
      sid === null ? [] : own.map((each) => (each.by === "logout" ? each.at : null)),
    );
  },
  ({ userId }, said) => {
    const own = said.filter((each) => each.by === "operator" && "userId" in each && each.userId === userId);
    const last = own.at(-1);
    return last?.by === "operator" && last.isBlocked ? "IDENTITY_BLOCKED" : "yes";
  },
  ({ userId, issuedAt }, said) => {
    const own = said.filter((each) => each.by === "sign-out" && "userId" in each && each.userId === userId);
    return revokedBy(
      issuedAt,
      own.map((each) => (each.by === "sign-out" ? each.until : null)),
    );
  },
];

function revokedBy(issuedAt: number, ends: readonly (number | null)[]): Answer {
  return ends.some((end) => end !== null && issuedAt <= end) ? "TOKEN_REVOKED" : "yes";
}

/** All that was said and is stored: which tokens end by it. It knows no item, no merge and no cache. */
export class Sayings {
  /** In the order in which it was stored. */
  readonly #said: Said[] = [];

  store(saying: Saying, storedMs: number): void {
    this.#said.push({ ...saying, storedMs });
  }

  /** How many were stored by then; all of them without a time. */
  count(ms = Number.POSITIVE_INFINITY): number {
    return this.#said.filter(({ storedMs }) => storedMs <= ms).length;
  }

  /** Whether an operator had said so at some moment since there were so many, so that saying it again changes nothing. */
  isSaid(saying: Extract<Saying, { by: "operator" }>, count: number): boolean {
    const isSame = (each: Saying) =>
      each.by === "operator" &&
      ("subject" in saying
        ? "subject" in each && each.subject === saying.subject
        : "userId" in each && each.userId === saying.userId);
    return this.#statesSince(count).some((said) => {
      const last = said.findLast(isSame);
      return (last?.by === "operator" && last.isBlocked) === saying.isBlocked;
    });
  }

  /**
   * What may be answered by what was stored at some moment since so many were stored, until now.
   * @param count default: all
   */
  answersTo(token: Issued, count = this.#said.length): ReadonlySet<Answer> {
    const states = this.#statesSince(count);
    const answers = ITEMS.map((item) => new Set(states.map((said) => item(token, said))));
    const refusals = answers.flatMap((each) => [...each]).filter((answer) => answer !== "yes");
    return new Set<Answer>(answers.every((each) => each.has("yes")) ? ["yes", ...refusals] : refusals);
  }

  /** What was stored when there were so many, and after each change since. */
  #statesSince(count: number): readonly (readonly Said[])[] {
    return Array.from({ length: this.#said.length - count + 1 }, (_, more) =>
      this.#said.slice(0, count + more),
    );
  }
}
