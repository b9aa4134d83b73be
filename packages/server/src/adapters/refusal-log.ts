import {
  type KeptRefusal,
  type RefusalAbout,
  type RefusalBounds,
  type RefusalLog,
  type RefusedLogin,
  refusalKey,
} from "../domain/index.ts";
import type { Clock } from "./clock.ts";
import { Sieve, type Sieved } from "./sieve.ts";

const MINUTE_MS = 60_000;
/** Refusals of an organization that this process looks at in a minute, and of those that no organization is known of. */
const ADMITTED_PER_MINUTE = 20;
/** That wait to be looked at. A flood costs no more memory. */
const MAX_WAITING = 256;
/** Refused logins, rows and organizations that a process remembers for a minute, and tokens that it has kept. */
const MAX_REMEMBERED = 4_096;
/** For one refusal. It has no other deadline: no request waits for it. */
const KEEP_MS = 2_000;

export interface RefusalLogOptions {
  readonly keep: (
    refused: RefusedLogin,
    bounds: RefusalBounds,
    signal: AbortSignal,
  ) => Promise<readonly KeptRefusal[]>;
  readonly clock: Clock;
  /** `failed`: the store did not answer. None of them is repeated. */
  readonly onRefusal: (outcome: KeptRefusal | "failed") => void;
}

/** A minute of what is counted, by the monotonic clock. */
interface Minute extends Sieved {
  count: number;
  readonly endsMs: number;
}

/**
 * Notes refused logins and keeps them one after the other, behind the requests that were refused. The same one costs
 * something once a minute, and what a token was kept for is not kept for it again: a page that waits and asks again is no
 * other sign-in. What exceeds the bounds is counted and lost.
 */
export function createRefusalLog({ keep, clock, onRefusal }: RefusalLogOptions): RefusalLog & {
  /** Resolves when all that was noted so far is kept or lost. */
  idle(): Promise<void>;
} {
  const kept = new Sieve<Sieved>(MAX_REMEMBERED);
  const logins = counter(clock);
  const rows = counter(clock);
  const organizations = counter(clock);
  const bounds: RefusalBounds = {
    admits: (id) => organizations(id ?? "") <= ADMITTED_PER_MINUTE,
    isDue: (about: RefusalAbout) => rows(JSON.stringify([about.organizationId, refusalKey(about)])) === 1,
  };
  const waiting: RefusedLogin[] = [];
  let wake = Promise.withResolvers<void>();
  let rest = Promise.withResolvers<void>();
  let isResting = false;

  /** One loop, begun by nobody's request: what it asks the store belongs to none, and delays none. */
  async function work(): Promise<never> {
    for (;;) {
      isResting = true;
      rest.resolve();
      await wake.promise;
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await keepOne(next);
      wake = Promise.withResolvers();
    }
  }

  async function keepOne(refused: RefusedLogin): Promise<void> {
    try {
      const outcomes = await keep(refused, bounds, AbortSignal.timeout(KEEP_MS));
      if (outcomes.includes("kept")) kept.set(tokenKeyOf(refused), { isUsed: false });
      for (const outcome of outcomes) onRefusal(outcome);
    } catch {
      onRefusal("failed"); // the request to the store is in its own metrics
    }
  }

  void work();
  return {
    note(refused) {
      if (kept.get(tokenKeyOf(refused)) || logins(keyOf(refused)) > 1) return;
      if (waiting.length >= MAX_WAITING) return onRefusal("limited");
      waiting.push(refused);
      if (!isResting) return;
      isResting = false;
      rest = Promise.withResolvers();
      wake.resolve();
    },
    idle: () => rest.promise,
  };
}

/** What all tokens of one person say that are refused for one reason. Their subjects may differ. */
function keyOf({ claims, reason, userId }: RefusedLogin): string {
  const { tenant, subject, connection, email, emailVerified, auth0OrgId } = claims;
  const address = "canonical" in email ? email.canonical : null;
  const [strategy = "", second, ...others] = subject.split("|");
  const way = connection ?? (others.length > 0 ? `${strategy}|${second}` : strategy);
  return JSON.stringify([reason, userId, tenant, way, address, emailVerified, auth0OrgId]);
}

/** Tells the tokens of one person apart. It has no address: it is remembered for as long as there is room. */
function tokenKeyOf({
  claims: { tenant, subject, sid, issuedAt, auth0OrgId },
  reason,
}: RefusedLogin): string {
  return JSON.stringify([reason, tenant, subject, sid, issuedAt, auth0OrgId]);
}

/** Counts by key, each from its first time on for a minute. */
function counter(clock: Clock): (key: string) => number {
  const minutes = new Sieve<Minute>(MAX_REMEMBERED);
  return (key) => {
    const nowMs = clock.monotonicMs();
    let minute = minutes.get(key);
    if (minute === undefined || minute.endsMs <= nowMs) {
      minute = { count: 0, endsMs: nowMs + MINUTE_MS, isUsed: false };
      minutes.set(key, minute);
    }
    minute.count += 1;
    return minute.count;
  };
}
