import type { Assessment } from "../login/address-trust.ts";
import type { Organization, OrganizationId } from "../organization.ts";
import type { UserId } from "../user-id.ts";
import type { IdentityLink } from "./identity-link.ts";

/** Stands beside organization ids and is none: theirs begin with a letter or a digit. */
export const MAILBOX = "@mailbox";

/**
 * Who may speak for a person. A domain may be verified by two organizations, or be passed on; the administrator of
 * one must never become the other's people.
 */
export interface Speakers {
  readonly userId: UserId;
  /** Who came first: a login that proved the address to everyone, or the one organization whose SSO proved it. */
  readonly by: typeof MAILBOX | OrganizationId | null;
  /** The organization whose SSO the person came through. */
  readonly sso: OrganizationId | null;
  /** The organizations that made the person a member by an address of their own domain. */
  readonly inside: readonly OrganizationId[];
  /** When an operator or a merger decided, ISO 8601, UTC: older links and memberships say nothing any more. */
  readonly settledAt: string | null;
  /** 0 while nothing is stored; each write is one more. */
  readonly version: number;
}

/** Every method throws {@link Refusal} STORE_UNAVAILABLE when there is no usable answer before `signal` aborts. */
export interface SpeakersStore {
  /** Read consistently; all null and empty where nobody has spoken for the person yet. */
  find(userId: UserId, signal: AbortSignal): Promise<Speakers>;
  /** Stores what comes after version `next.version - 1`; false where another version is stored by now. */
  replace(next: Speakers, signal: AbortSignal): Promise<boolean>;
}

export function nobodyYet(userId: UserId): Speakers {
  return { userId, by: null, sso: null, inside: [], settledAt: null, version: 0 };
}

export function isUnclaimed({ by, sso, inside }: Speakers): boolean {
  return by === null && sso === null && inside.length === 0;
}

/**
 * Decides on what is stored and stores the decision; whoever loses reads again and decides again, so that no order
 * and no race decides otherwise. To be done before the seat and the link, or before the membership.
 * @param decide what shall be stored: `present` itself for no change, null to refuse
 * @returns false when it was refused
 */
export async function decideSpeakers(
  userId: UserId,
  decide: (present: Speakers) => Promise<Speakers | null> | Speakers | null,
  speakers: SpeakersStore,
  signal: AbortSignal,
): Promise<boolean> {
  for (;;) {
    const present = await speakers.find(userId, signal);
    const next = await decide(present);
    if (next === null) return false;
    if (next === present) return true;
    if (await speakers.replace({ ...next, version: next.version + 1 }, signal)) return true;
  }
}

/**
 * What a first link makes of it, or null where this login may not speak for the person.
 * @param created whether this login's call made the user in the directory
 * @param trusting those of `present.inside` that trust the login's organization
 */
export function afterFirstLink(
  present: Speakers,
  { login, trust }: Pick<Assessment, "login" | "trust">,
  { created, trusting }: { created: boolean; trusting: ReadonlySet<OrganizationId> },
): Speakers | null {
  const { by, sso, inside } = present;
  const own = login.via === "sso" ? login.connection.organizationId : null;
  // Whose administrator could have taken the address before its owner came.
  if (by !== null && by !== MAILBOX && by !== own) return null;
  const isLetThrough = trust.state === "trusted" && trust.rule === "report-mode";
  if (login.via === "sso" || login.via === "unregistered" || isLetThrough) {
    if (sso !== null && sso !== own) return null;
    if (!inside.every((id) => id === own || trusting.has(id))) return null;
  }
  const proof = trust.state === "trusted" && !isLetThrough ? trust.proof : null;
  if (proof?.to === "organization") {
    const isKnownThere = by === own || sso === own || inside.includes(proof.organizationId);
    if (!isKnownThere && !(created && isUnclaimed(present))) return null;
  }
  const first = proof === null ? null : proof.to === "everyone" ? MAILBOX : proof.organizationId;
  const next = { by: isUnclaimed(present) ? first : by, sso: own ?? sso };
  return next.by === by && next.sso === sso ? present : { ...present, ...next };
}

/** What a membership by an address of the organization's own domain makes of it; null where it is not to be made. */
export function afterMembership(
  present: Speakers,
  { id, trusts }: Pick<Organization, "id" | "trusts">,
): Speakers | null {
  const { sso, inside } = present;
  if (sso !== null && sso !== id && !trusts.includes(sso)) return null;
  return inside.includes(id) ? present : { ...present, inside: [...inside, id] };
}

/** Whether the organization may have the person as a member by an address of its own domain; stored then. */
export function decideInside(
  userId: UserId,
  organization: Pick<Organization, "id" | "trusts">,
  speakers: SpeakersStore,
  signal: AbortSignal,
): Promise<boolean> {
  return decideSpeakers(userId, (present) => afterMembership(present, organization), speakers, signal);
}

/** A merger: what `from` had becomes the organization's. */
export function merged(
  present: Speakers,
  { from, into, at }: { from: OrganizationId; into: OrganizationId; at: string },
): Speakers {
  const { by, sso, inside } = present;
  if (by !== from && sso !== from && !inside.includes(from)) return present;
  return {
    ...present,
    by: by === from ? into : by,
    sso: sso === from ? into : sso,
    inside: [...new Set(inside.map((id) => (id === from ? into : id)))],
    settledAt: at,
  };
}

/**
 * An operator's word: from now on the organization's SSO speaks for the person; null for a login that is no SSO,
 * which is let in beside what there is.
 * @param trusting those of `present.inside` that trust the organization
 */
export function allowed(present: Speakers, { organizationId, trusting, at }: Allowance): Speakers {
  if (organizationId === null) {
    return present.by === null || present.by === MAILBOX ? present : { ...present, by: MAILBOX };
  }
  const inside = present.inside.filter((id) => id === organizationId || trusting.has(id));
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

/** What a membership tells of who may speak for its person. */
interface MembershipTrace {
  readonly organizationId: OrganizationId;
  readonly invitedFromOutside: boolean;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/**
 * Adds what links and memberships tell that were written before there was this item, or by a process that does not know
 * it yet. The oldest SSO link decides; `by` is its organization where the domain is shared with others today.
 */
export function withTraces(
  present: Speakers,
  {
    links,
    memberships,
  }: {
    links: readonly (IdentityLink & { readonly isShared: boolean })[];
    memberships: readonly MembershipTrace[];
  },
): Speakers {
  const { settledAt } = present;
  const isLater = (at: string) => settledAt === null || at > settledAt;
  const told = links.filter(({ linkedAt }) => isLater(linkedAt));
  const [sso] = told
    .filter(({ organizationId }) => organizationId !== null)
    .sort((a, b) => a.linkedAt.localeCompare(b.linkedAt));
  const isMailbox = told.some(({ organizationId, isShared }) => organizationId === null || !isShared);
  const by = isMailbox ? MAILBOX : (sso?.organizationId ?? null);
  const inside = memberships
    .filter(({ invitedFromOutside, createdAt }) => !invitedFromOutside && isLater(createdAt))
    .map(({ organizationId }) => organizationId);
  const next = {
    by: present.by ?? by,
    sso: present.sso ?? sso?.organizationId ?? null,
    inside: [...new Set([...present.inside, ...inside])],
  };
  const isSame =
    next.by === present.by && next.sso === present.sso && next.inside.length === present.inside.length;
  return isSame ? present : { ...present, ...next };
}
