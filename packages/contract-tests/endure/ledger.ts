import type { Answer } from "./exchange.ts";
import type { Call, Person } from "./people.ts";
import type { HostileKind, Outcome, Standing, Violation } from "./rules.ts";
import { isSuccess, mustBeLetIn, standingsOf, violationOf } from "./rules.ts";

/** Who sent a request, and how. */
export type Sender =
  | { readonly hostile: HostileKind }
  | { readonly person: Person; readonly call: Call; readonly isFirst: boolean };

/** A request and what became of it. All times are milliseconds since the load began. */
export interface Entry extends Outcome {
  readonly sender: Sender;
  /** The UUIDs in the answer, each once. */
  readonly userIds: readonly string[];
  readonly reason: string | null;
}

export interface Broken {
  readonly entry: Entry;
  readonly violation: Violation;
}

/** Knows every request. */
export interface Ledger {
  readonly entries: readonly Entry[];
  /** Notes a request when it is sent. @returns notes its answer */
  sent(sender: Sender): (answer: Answer) => void;
  /** Forgets the answers so far, unless one broke a rule. */
  begin(): void;
  /** How many have not been answered yet. */
  readonly pending: number;
  /** How many broke a rule, by what is known so far. */
  readonly brokenCount: number;
  /** What broke a rule. */
  broken(): Broken[];
  /** The standings of a person that answers have shown, and no outage. */
  seenOf(person: Person): ReadonlySet<Standing>;
}

/** @param nowMs since the load began */
export function createLedger(nowMs: () => number): Ledger {
  const entries: Entry[] = [];
  let pending = 0;
  let brokenCount = 0;
  return {
    entries,
    get brokenCount() {
      return brokenCount;
    },
    get pending() {
      return pending;
    },
    sent(sender) {
      const sentMs = nowMs();
      pending += 1;
      return ({ statuses, body, aborted }) => {
        pending -= 1;
        const userIds = [...new Set([...body.matchAll(/"userId":"([^"]+)"/g)].map(([, id]) => id ?? ""))];
        const letIn = userIds.length > 0 || body.includes('"allowed":true');
        const reason = /"reason":"([A-Z_]+)"/.exec(body)?.[1] ?? null;
        const entry = { sender, sentMs, answeredMs: nowMs(), statuses, letIn, aborted, userIds, reason };
        entries.push(entry);
        if (violationOf(callerOf(sender), entry) !== null) brokenCount += 1;
      };
    },
    begin() {
      entries.splice(0, entries.length, ...entries.filter((entry) => kindOf(entry) === "wrong"));
    },
    broken: () =>
      entries.flatMap((entry) => {
        const violation = violationOf(callerOf(entry.sender), entry);
        return violation === null ? [] : [{ entry, violation }];
      }),
    seenOf: (person) => new Set(entries.flatMap((entry) => shownOf(person, entry) ?? [])),
  };
}

/** Null where the answer shows none, or is not the person's. */
function shownOf(person: Person, entry: Entry): Standing | null {
  const { sender, statuses } = entry;
  if (!("person" in sender) || sender.person !== person) return null;
  if (kindOf(entry) === "wrong" || statuses.some((status) => status >= 500)) return null;
  const [standing, ...others] = standingsOf(person.changes, entry);
  return others.length === 0 ? (standing ?? null) : null;
}

function callerOf(sender: Sender) {
  if ("hostile" in sender) return sender;
  return { changes: sender.person.changes, foreign: sender.call === "foreign" };
}

/** What a request counts as in the picture. */
export type Kind = "warm" | "first login" | "refused" | "unavailable" | "wrong";

export const KINDS = [
  "warm",
  "first login",
  "refused",
  "unavailable",
  "wrong",
] as const satisfies readonly Kind[];

/** Null for a caller who hung up. */
export function kindOf(entry: Entry): Kind | null {
  const { sender } = entry;
  if (violationOf(callerOf(sender), entry) !== null) return "wrong";
  if (entry.aborted) return null;
  if ("hostile" in sender) return "refused";
  if (entry.statuses.some((status) => status >= 500)) return "unavailable";
  if (!entry.statuses.every(isSuccess)) return "refused";
  return sender.isFirst ? "first login" : "warm";
}

/** Whether a valid request succeeded; null for all other requests. */
export function successOf(entry: Entry): boolean | null {
  const { sender, aborted, statuses } = entry;
  if ("hostile" in sender || aborted || !mustBeLetIn(sender.person.changes, entry)) return null;
  const isIn = entry.letIn || sender.call === "foreign";
  return statuses.length > 0 && statuses.every(isSuccess) && isIn;
}
