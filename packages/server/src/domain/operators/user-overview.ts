import { type CanonicalEmail, domainOf } from "../email.ts";
import type { HeldSeat, IdentityLink } from "../identity/identity-link.ts";
import type { Speakers } from "../identity/speakers.ts";
import { type InvitationView, viewOfInvitation } from "../invitations/view.ts";
import { stateOf } from "../membership/invitation.ts";
import type { Invitation } from "../membership/memberships.ts";
import type { Membership } from "../membership.ts";
import type { OrganizationId } from "../organization.ts";
import { Refusal, Unknown } from "../refusal.ts";
import type { SubjectFacts } from "../revocation/facts.ts";
import { isSameSubject, type SubjectKey } from "../subject-key.ts";
import type { UserId } from "../user-id.ts";
import type { Administration } from "./administration.ts";
import type { RegisteredUsers } from "./import-members.ts";

/** Everything that is stored about a user. */
export interface UserOverview {
  readonly userId: UserId;
  readonly blocked: boolean;
  /** Until when tokens are refused that were issued earlier, in whole seconds since the epoch; null for none. */
  readonly signedOutUntil: number | null;
  readonly links: readonly LinkOverview[];
  readonly memberships: readonly Membership[];
  /** Who may speak for the user. */
  readonly speakers: Omit<Speakers, "userId" | "rev">;
}

export interface LinkOverview extends Omit<IdentityLink, "rev"> {
  readonly holdsSeat: boolean;
  /** What ends the tokens of the subject; null for nothing. */
  readonly facts: Omit<SubjectFacts, "tenant" | "subject" | "rev"> | null;
}

/** The subject is not linked to a user. */
export class SubjectNotLinked extends Refusal {
  readonly key: SubjectKey;
  /** Seats that it holds without a link, for example since a backup was restored. */
  readonly seats: readonly HeldSeat[];
  readonly facts: LinkOverview["facts"];

  constructor(key: SubjectKey, seats: readonly HeldSeat[], facts: LinkOverview["facts"] = null) {
    super("NOT_FOUND", "the subject is not linked");
    this.key = key;
    this.seats = seats;
    this.facts = facts;
  }
}

/**
 * A link or a membership of the last second may be missing.
 * @throws {Unknown}
 */
export async function requireKnownUser(
  userId: UserId,
  { identities, memberships, speakers }: Administration,
  signal: AbortSignal,
): Promise<void> {
  if ((await identities.listByUser(userId, signal)).length > 0) return;
  if ((await memberships.listByUser(userId, signal)).length > 0) return;
  // Legacy tokens may go on naming a UUID that has nothing else any more.
  if ((await speakers.find(userId, signal)).erasedAt !== null) return;
  throw new Unknown("user", userId);
}

/** @throws {SubjectNotLinked} with the seats that the subject holds all the same, and what ends its tokens */
export async function describeSubject(
  key: SubjectKey,
  ports: Administration,
  signal: AbortSignal,
): Promise<UserOverview> {
  const { identities } = ports;
  const link = await identities.find(key, signal);
  if (link !== null) return describeUser(link.userId, ports, signal, link);
  const [seats, known] = await Promise.all([
    identities.listSeats(key, signal),
    identities.findFacts(key, signal),
  ]);
  throw new SubjectNotLinked(key, seats, known && endingOf(known));
}

/**
 * Links of the last second may be missing.
 * @param own a link of the user that the index may not know yet
 */
export async function describeUser(
  userId: UserId,
  { identities, memberships, speakers }: Administration,
  signal: AbortSignal,
  own?: IdentityLink,
): Promise<UserOverview> {
  const found = await identities.listByUser(userId, signal);
  const isListed = own === undefined || found.some((each) => isSameSubject(each, own));
  const [{ by, sso, inside, settledAt, erasedAt }, { isBlocked: blocked, signOut }, links, listed] =
    await Promise.all([
      speakers.find(userId, signal),
      identities.findUser(userId, signal),
      Promise.all((isListed ? found : [...found, own]).map((link) => describeLink(link, identities, signal))),
      memberships.listByUser(userId, signal),
    ]);
  const speaking = { by, sso, inside, settledAt, erasedAt };
  const signedOutUntil = signOut?.notBefore ?? null;
  return { userId, blocked, signedOutUntil, links, memberships: listed, speakers: speaking };
}

export async function describeLink(
  { rev: _, ...link }: IdentityLink,
  identities: Administration["identities"],
  signal: AbortSignal,
): Promise<LinkOverview> {
  const [seat, known] = await Promise.all([
    identities.findSeat(link, signal),
    identities.findFacts(link, signal),
  ]);
  return { ...link, holdsSeat: seat?.subject === link.subject, facts: known && endingOf(known) };
}

function endingOf({ notBefore, sidlessNotBefore, logoutBefore, sources }: SubjectFacts) {
  return { notBefore, sidlessNotBefore, logoutBefore, sources };
}

/** Everything that is known of an address. */
export interface AddressOverview {
  readonly email: CanonicalEmail;
  /** The user with this address in the directory; null if nobody has it. */
  readonly user: UserOverview | null;
  /** The memberships that were granted by this address, also those of its former users. */
  readonly memberships: readonly Membership[];
  readonly invitations: readonly (InvitationView & { readonly organizationId: OrganizationId })[];
}

/**
 * Only reads. What was written within the last second may be missing, and so may a membership in an organization that
 * has neither verified the domain nor invited the address, and to which the directory's user does not belong.
 * @throws {Refusal} DIRECTORY_UNAVAILABLE, OVERLOADED as {@link RegisteredUsers}
 */
export async function describeAddress(
  email: CanonicalEmail,
  ports: Administration & { readonly registeredUsers: RegisteredUsers },
  signal: AbortSignal,
): Promise<AddressOverview> {
  const { organizations, memberships, registeredUsers } = ports;
  const [userId, invitations, verifiers] = await Promise.all([
    registeredUsers.find(email, signal),
    memberships.listInvitations(email, signal),
    organizations.listByDomain(domainOf(email), signal),
  ]);
  const user = userId === null ? null : await describeUser(userId, ports, signal);
  const known = [...invitations, ...(user?.memberships ?? [])].map(({ organizationId }) => organizationId);
  const ids = [...new Set([...known, ...verifiers.map(({ id }) => id)])];
  const granted = await Promise.all(ids.map((id) => memberships.findByAddress(id, email, signal)));
  const views = await Promise.all(invitations.map((each) => describeInvitation(each, ports, signal)));
  return { email, user, memberships: granted.flat(), invitations: views };
}

export async function describeInvitation(
  invitation: Invitation,
  { memberships, now }: Administration,
  signal: AbortSignal,
): Promise<AddressOverview["invitations"][number]> {
  const { organizationId, invitedBy } = invitation;
  const inviter = invitedBy === null ? null : await memberships.find(organizationId, invitedBy, signal);
  const state = stateOf(invitation, { now: now().toISOString(), inviter });
  return { organizationId, ...viewOfInvitation(invitation, state, now()) };
}
