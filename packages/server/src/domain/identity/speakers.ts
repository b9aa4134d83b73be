import type { DomainName } from "../email.ts";
import type { Assessment } from "../login/address-trust.ts";
import { organizationIdOf } from "../login/login.ts";
import type { Organization, OrganizationId, Organizations } from "../organization.ts";
import { newRevision } from "../revision.ts";
import { isSame } from "../same.ts";
import type { Read, Write } from "../transaction.ts";
import type { UserId } from "../user-id.ts";

declare module "../transaction.ts" {
  interface Items {
    readonly speakers: Speakers;
  }
}

/** Used where an organization id could stand. Not a valid id, which begins with a letter or a digit. */
export const MAILBOX = "@mailbox";

/**
 * Who may speak for a user: whose logins may be linked to the user. Two organizations may verify one domain, or a
 * domain may pass from one to the other. The administrator of one must never be able to sign in as the other's users.
 */
export interface Speakers {
  readonly userId: UserId;
  /** How the user first came: by a login that proved the address to everyone, or by the SSO of this one organization. */
  readonly by: typeof MAILBOX | OrganizationId | null;
  /** The organization whose SSO the user signed in through. */
  readonly sso: OrganizationId | null;
  /** The organizations that have the user as a member by an address of their own domain, see {@link holdersOf}. */
  readonly inside: readonly Inside[];
  /** When an operator or a merger last decided, ISO 8601, UTC; null if neither has. */
  readonly settledAt: string | null;
  /** Since when the user is erased, ISO 8601, UTC: then nobody becomes this user, but by an operator's relink. Null for nobody. */
  readonly erasedAt: string | null;
  /** Changes with every write; null while nothing is stored. */
  readonly rev: string | null;
}

/** A membership by an address of this domain, which was the organization's own. It counts while it still is. */
export interface Inside {
  readonly organizationId: OrganizationId;
  readonly domain: DomainName;
}

export interface SpeakersStore {
  /**
   * Read consistently; all null and empty if nothing is stored for the user yet.
   * @throws {Refusal} STORE_UNAVAILABLE when there is no usable answer before `signal` aborts
   */
  find(userId: UserId, signal: AbortSignal): Promise<Speakers>;
}

export function noSpeakers(userId: UserId): Speakers {
  return { userId, by: null, sso: null, inside: [], settledAt: null, erasedAt: null, rev: null };
}

type SpeakersWrite = Extract<Write, { readonly item: "speakers" }> & { readonly next: Speakers };

/** What a change of `present` writes; nothing where `next` is `present` itself. */
export function speakersWrites(next: Speakers, present: Speakers): readonly SpeakersWrite[] {
  return next === present ? [] : [{ item: "speakers", next: { ...next, rev: newRevision() }, present }];
}

/** What a decision on `present` relies on without a change of it; nothing where {@link speakersWrites} writes. */
export function speakersUnchanged(next: Speakers, present: Speakers): readonly Read[] {
  return next === present ? [{ item: "speakers", present }] : [];
}

export function isUnclaimed({ by, sso, inside, erasedAt }: Speakers): boolean {
  return erasedAt === null && by === null && sso === null && inside.length === 0;
}

/**
 * The speakers after a first link; null if this login may not speak for the user.
 * @param created whether this login created the user in the directory
 * @param holders those of `present.inside` that count, see {@link holdersOf}
 */
export function afterFirstLink(
  present: Speakers,
  { login, trust }: Pick<Assessment, "login" | "trust">,
  { created, holders }: { created: boolean; holders: readonly Pick<Organization, "id" | "trusts">[] },
): Speakers | null {
  const { by, sso, erasedAt } = present;
  if (erasedAt !== null) return null;
  const own = organizationIdOf(login);
  // The administrator of that organization could have used the address before its owner first signed in.
  if (by !== null && by !== MAILBOX && by !== own) return null;
  const isLetThrough = trust.state === "trusted" && trust.rule === "report-mode";
  if (login.via === "sso" || login.via === "unregistered" || isLetThrough) {
    if (sso !== null && sso !== own) return null;
    if (!holders.every(({ id, trusts }) => [id, ...trusts].some((each) => each === own))) return null;
  }
  const proof = trust.state === "trusted" && !isLetThrough ? trust.proof : null;
  if (proof?.to === "organization") {
    const isMember = holders.some(({ id }) => id === proof.organizationId);
    const isKnownThere = by === own || sso === own || isMember;
    if (!isKnownThere && !(created && isUnclaimed(present))) return null;
  }
  const first = proof === null ? null : proof.to === "everyone" ? MAILBOX : proof.organizationId;
  const next = { by: isUnclaimed(present) ? first : by, sso: own ?? sso };
  return next.by === by && next.sso === sso ? present : { ...present, ...next };
}

/** Who has verified each domain, as it is stored. */
export type Verifiers = ReadonlyMap<DomainName, readonly Organization[]>;

/** @param read the stored verifiers of one domain, which need not be read again */
export async function verifiersOf(
  inside: readonly Inside[],
  read: { readonly domain: DomainName | null; readonly verifiers: readonly Organization[] },
  stored: Pick<Organizations, "listByDomain">,
  signal: AbortSignal,
): Promise<Verifiers> {
  const domains = [...new Set(inside.map(({ domain }) => domain))];
  const held = domains.map(async (domain) => {
    const verifiers = domain === read.domain ? read.verifiers : await stored.listByDomain(domain, signal);
    return [domain, verifiers] as const;
  });
  return new Map(await Promise.all(held));
}

/**
 * The organizations inside that still have the domain. One that gave it up has no say any more: the next holder's users
 * must be able to sign in through their own SSO, and the holder of a domain has its mailboxes anyway.
 */
export function holdersOf(inside: readonly Inside[], verifiers: Verifiers): readonly Organization[] {
  return [...verifiers].flatMap(([domain, organizations]) =>
    organizations.filter(({ id }) =>
      inside.some((each) => each.domain === domain && each.organizationId === id),
    ),
  );
}

/** The speakers after a membership by an address of the organization's own domain; null if it must not be created. */
export function afterMembership(
  present: Speakers,
  {
    organization: { id, trusts },
    domain,
  }: { organization: Pick<Organization, "id" | "trusts">; domain: DomainName },
): Speakers | null {
  const { sso, inside, erasedAt } = present;
  if (erasedAt !== null) return null;
  if (sso !== null && sso !== id && !trusts.includes(sso)) return null;
  const isKnown = inside.some((each) => each.organizationId === id && each.domain === domain);
  return isKnown ? present : { ...present, inside: [...inside, { organizationId: id, domain }] };
}

/** The rule that keeps a login out which may not speak for the user. */
export function ruleAgainst({ erasedAt }: Speakers): "erased" | "foreign-organization" {
  return erasedAt === null ? "foreign-organization" : "erased";
}

/** The speakers once the user is erased: also where nothing was stored. */
export function erased(present: Speakers, at: string): Speakers {
  return present.erasedAt === null ? { ...present, erasedAt: at } : present;
}

/** The speakers of a user whom an operator brings back. */
export function revived(present: Speakers): Speakers {
  return present.erasedAt === null ? present : { ...present, erasedAt: null };
}

/** The speakers after a merger: `into` replaces `from`. */
export function merged(
  present: Speakers,
  { from, into, at }: { from: OrganizationId; into: OrganizationId; at: string },
): Speakers {
  const { by, sso, inside } = present;
  if (by !== from && sso !== from && !inside.some(({ organizationId }) => organizationId === from))
    return present;
  return {
    ...present,
    by: by === from ? into : by,
    sso: sso === from ? into : sso,
    inside: inside
      .map((each) => (each.organizationId === from ? { organizationId: into, domain: each.domain } : each))
      .filter((each, at, all) => all.findIndex((other) => isSame(other, each)) === at),
    settledAt: at,
  };
}

/**
 * The speakers after an operator's decision: from now on only this organization's SSO speaks for the user. With null, a
 * login that is not SSO is allowed beside what is stored.
 * @param trusting those of `present.inside` that trust the organization, whether or not they have the domain now
 */
export function allowed(present: Speakers, { organizationId, trusting, at }: Allowance): Speakers {
  if (organizationId === null) {
    return present.by === null || present.by === MAILBOX ? present : { ...present, by: MAILBOX };
  }
  const inside = present.inside.filter(
    (each) => each.organizationId === organizationId || trusting.has(each.organizationId),
  );
  const isSo =
    present.by === MAILBOX && present.sso === organizationId && inside.length === present.inside.length;
  return isSo ? present : { ...present, by: MAILBOX, sso: organizationId, inside, settledAt: at };
}

interface Allowance {
  readonly organizationId: OrganizationId | null;
  readonly trusting: ReadonlySet<OrganizationId>;
  /** ISO 8601, UTC. */
  readonly at: string;
}
