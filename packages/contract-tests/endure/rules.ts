/** The kinds of hostile requests, each with the statuses that refuse it. 429 and 503 may refuse any of them. */
export const HOSTILE = {
  "forged signature": [401],
  "alg none": [401],
  "another audience": [401],
  "expired token": [401],
  "unknown key": [401],
  "retired key": [401],
  "another issuer": [401],
  "foreign domain": [403],
  "unverified address": [403],
  "recycled mailbox": [403],
  "removed member": [403],
  "conflicting headers": [400],
  "large body": [413],
  "large headers": [431],
  "deep JSON": [400],
  "batch over ten": [400],
  "batch of bad tokens": [401, 207],
  "wrong method": [404, 405],
  "discovery flood": [200],
  "slow writer": [408],
  "slow reader": [200],
  pipelining: [401],
  "aborting caller": [401],
} as const satisfies Record<string, readonly number[]>;

export type HostileKind = keyof typeof HOSTILE;

/** The server may close these connections without an answer, and they may take longer than other requests. */
const MAY_CLOSE = new Set<HostileKind>(["slow writer", "slow reader", "large headers", "large body"]);
const UNHURRIED = new Set<HostileKind>(["slow writer", "slow reader"]);

/** What a person's request must lead to: an identity, the refusal of the person, or that of the token, which has ended. */
export type Standing = "valid" | "refused" | "ended";

const STATUSES: Readonly<Record<Exclude<Standing, "valid">, number>> = { refused: 403, ended: 401 };

/** A change of what a person may do. */
export interface Change {
  readonly to: Standing;
  readonly beganMs: number;
  /** Requests sent from here on must see the change. `Infinity` while it is under way. */
  settledMs: number;
}

/** What happened to a request. */
export interface Outcome {
  readonly sentMs: number;
  readonly answeredMs: number;
  /** The HTTP status; of a batch with mixed results, the status of each call; empty without an answer. */
  readonly statuses: readonly number[];
  /** Whether the answer identifies a user or grants access. */
  readonly letIn: boolean;
  /** Whether the caller hung up. */
  readonly aborted: boolean;
}

export type Caller =
  | { readonly hostile: HostileKind }
  /** `foreign` asks for access to an organization of which the person is not a member. */
  | { readonly changes: readonly Change[]; readonly foreign: boolean };

export type Violation = "let in wrongly" | "wrong answer" | "not answered" | "answered late";

const ANSWER_MS = 3_000;
const OUTAGES: readonly number[] = [502, 503];

/**
 * What the changes allow for a request that was under way during this time; more than one while a change is under way. Before
 * them a person is valid.
 */
export function standingsOf(
  changes: readonly Change[],
  { sentMs, answeredMs }: Pick<Outcome, "sentMs" | "answeredMs">,
): readonly Standing[] {
  let standings: readonly Standing[] = ["valid"];
  for (const { to, beganMs, settledMs } of changes) {
    if (beganMs <= answeredMs) standings = settledMs <= sentMs ? [to] : [...standings, to];
  }
  return standings;
}

/** Whether a request of this person must be let in. */
export function mustBeLetIn(
  changes: readonly Change[],
  outcome: Pick<Outcome, "sentMs" | "answeredMs">,
): boolean {
  return standingsOf(changes, outcome).every((standing) => standing === "valid");
}

/** The rule that the outcome breaks, or null. */
export function violationOf(caller: Caller, outcome: Outcome): Violation | null {
  const { statuses, aborted, sentMs, answeredMs, letIn } = outcome;
  const standings = "hostile" in caller ? [] : standingsOf(caller.changes, outcome);
  if (letIn && (!standings.includes("valid") || ("foreign" in caller && caller.foreign)))
    return "let in wrongly";
  if (aborted) return null;
  const hostile = "hostile" in caller ? caller.hostile : null;
  if (statuses.length === 0) return hostile !== null && MAY_CLOSE.has(hostile) ? null : "not answered";
  const callers = hostile === null ? standings : [hostile];
  if (!statuses.every((status) => callers.some((each) => isAllowed(status, each)))) return "wrong answer";
  const isLate = answeredMs - sentMs > ANSWER_MS && (hostile === null || !UNHURRIED.has(hostile));
  return isLate ? "answered late" : null;
}

function isAllowed(status: number, caller: HostileKind | Standing): boolean {
  if (caller === "valid") return isSuccess(status) || OUTAGES.includes(status);
  if (caller === "refused" || caller === "ended")
    return status === STATUSES[caller] || OUTAGES.includes(status);
  const refusals: readonly number[] = HOSTILE[caller];
  // The directory is asked about a mailbox before its link is.
  if (caller === "recycled mailbox" && status === 502) return true;
  return refusals.includes(status) || status === 429 || status === 503;
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
