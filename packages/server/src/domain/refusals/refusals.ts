import type { Reason } from "../../wire/index.ts";
import type { CanonicalEmail, DomainName } from "../email.ts";
import type { OrganizationId } from "../organization.ts";
import { newRevision } from "../revision.ts";
import type { VerifiedClaims } from "../token/claims.ts";
import type { UserId } from "../user-id.ts";

declare module "../transaction.ts" {
  interface Items {
    readonly refusal: RecentRefusal;
  }
}

/**
 * The reasons that keep somebody out of an organization until somebody does something about it. `EMAIL_UNVERIFIED` is
 * not one of them: a user who signs up may name any address, so nothing says whose list it would belong on.
 */
export const REFUSED_REASONS = [
  "EMAIL_MISSING",
  "EMAIL_INVALID",
  "DOMAIN_NOT_ALLOWED",
  "SSO_REQUIRED",
  "IDENTITY_CONFLICT",
  "IDENTITY_BLOCKED",
  "NOT_A_MEMBER",
  "MEMBERSHIP_REMOVED",
] as const satisfies readonly Reason[];
export type RefusedReason = (typeof REFUSED_REASONS)[number];

export function isRefusedReason(reason: Reason): reason is RefusedReason {
  return REFUSED_REASONS.some((each) => each === reason);
}

/** A login with a genuine token that was let in nowhere, or not where it was for. */
export interface RefusedLogin {
  readonly claims: VerifiedClaims;
  readonly reason: RefusedReason;
  /** Null where it was refused before it was known whose it is. */
  readonly userId: UserId | null;
}

/** Where refused logins are noted. */
export interface RefusalLog {
  /** Never throws and never waits: the refusal is answered as if nobody noted it. */
  note(refused: RefusedLogin): void;
}

/** Recent refusals of an organization; older ones give way. */
export const MAX_REFUSALS = 50;
export const REFUSALS_KEPT_MS = 14 * 24 * 3_600_000;

/** Nothing is stored again so soon, in milliseconds. */
const MINUTE_MS = 60_000;

/** What an organization may know of a refused login. */
export interface RefusalAbout {
  readonly organizationId: OrganizationId;
  /** One of its own connections, or how somebody signed in without SSO, such as `auth0`; null for another one. */
  readonly connection: string | null;
  /** Null unless it is at a domain of the organization, or it has a member or an invitation with this address. */
  readonly email: CanonicalEmail | null;
  /** Of the address; null where the token has none that is valid. */
  readonly domain: DomainName | null;
  /** Null for everybody who never was a member. */
  readonly userId: UserId | null;
  readonly reason: RefusedReason;
}

/** A recent refusal as it is stored. It has no subject. */
export interface RecentRefusal extends RefusalAbout {
  /** From 0: its place among the {@link MAX_REFUSALS}. */
  readonly slot: number;
  /** ISO 8601, UTC, as the next. */
  readonly firstAt: string;
  readonly lastAt: string;
  /** How many sign-ins: each token counts once in each process, and at most one a minute by all processes. */
  readonly count: number;
  /** When they last asked to be restored; null if they have not. ISO 8601, UTC. */
  readonly askedAt: string | null;
  readonly rev: string;
}

/** Throws {@link Refusal} STORE_UNAVAILABLE when there is no usable answer before `signal` aborts. */
export interface RefusalStore {
  /** All that are stored, also past ones, in any order; read consistently. One request. */
  list(id: OrganizationId, signal: AbortSignal): Promise<readonly RecentRefusal[]>;
}

/** Whether nobody is shown it any more. The store deletes it some time later. */
export function isPastRefusal({ lastAt }: Pick<RecentRefusal, "lastAt">, now: Date): boolean {
  return Date.parse(lastAt) + REFUSALS_KEPT_MS <= now.getTime();
}

/** What is one row, however often it happens. */
export function refusalKey({ connection, email, domain, reason }: RefusalAbout): string {
  return JSON.stringify([connection, email, domain, reason]);
}

/**
 * Where a refusal is stored: with the same one, else in a free slot, else in place of the one that was seen longest ago;
 * who has asked to be restored gives way last.
 * @param stored all that the organization has
 * @param askedAt when they ask to be restored; null for a refusal
 * @returns null where any process has stored the same one within the last minute
 */
export function placeOf(
  about: RefusalAbout,
  stored: readonly RecentRefusal[],
  now: Date,
  askedAt: string | null = null,
): { readonly next: RecentRefusal; readonly present: RecentRefusal | null } | null {
  const lastAt = now.toISOString();
  const key = refusalKey(about);
  const same = stored.find((each) => refusalKey(each) === key) ?? null;
  if (same !== null && !isPastRefusal(same, now)) {
    if (askedAt === null && Math.abs(now.getTime() - Date.parse(same.lastAt)) < MINUTE_MS) return null;
    const next = { ...same, ...about, lastAt, count: same.count + 1, rev: newRevision() };
    return { next: { ...next, askedAt: askedAt ?? same.askedAt }, present: same };
  }
  const taken = new Set(stored.map(({ slot }) => slot));
  const free = Array.from({ length: MAX_REFUSALS }, (_, slot) => slot).find((slot) => !taken.has(slot));
  const isKept = (each: RecentRefusal) => each.askedAt !== null && !isPastRefusal(each, now);
  const [first = null] = stored.toSorted(
    (one, other) => Number(isKept(one)) - Number(isKept(other)) || (one.lastAt < other.lastAt ? -1 : 1),
  );
  const present = same ?? (free === undefined ? first : null);
  const slot = present?.slot ?? free ?? 0;
  const next = { ...about, slot, firstAt: lastAt, lastAt, count: 1, askedAt, rev: newRevision() };
  return { next, present };
}
