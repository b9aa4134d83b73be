import type { Role } from "../../wire/index.ts";
import { domainOf } from "../email.ts";
import { refuseEndedToken } from "../identity/ended.ts";
import type { Identity } from "../identity/resolve-identity.ts";
import { assess, grantingEmail } from "../login/address-trust.ts";
import type { Membership } from "../membership.ts";
import { isClosed, type Organization, type OrganizationId } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import type { UserId } from "../user-id.ts";
import { refuseRemoved, tokenOrganization } from "./access.ts";
import { makeMembership } from "./ensure-membership.ts";
import { grantMembership, uninvited } from "./grant-membership.ts";
import { isCurrent, needsConsent } from "./invitation.ts";
import { byName, joinableFor, offeredBy } from "./joinable.ts";
import { type Invitation, type MembershipPorts, membershipCounts } from "./memberships.ts";
import { nameMember } from "./name-member.ts";
import { type OpenOffer, openOffer } from "./open-offer.ts";
import { type PastInvitation, pastInvitations } from "./past-invitations.ts";
import { isUnrecorded, recordClosing } from "./record-closing.ts";
import { settleInvitation } from "./settle-invitation.ts";

/** One organization of a user, as `org.me` lists it. */
export interface OrganizationMembership {
  readonly organization: Organization;
  readonly role: Role;
  /** True if the membership does not count for this login because the organization enforces SSO. */
  readonly ssoRequired: boolean;
  /** The member who invited the user; null for nobody, and for an operator. */
  readonly invitedBy: UserId | null;
}

/** The organizations a user belongs to, and those the user may join: open ones, each list by name. */
export interface Belonging {
  /** The organization of the token, as {@link activeOrganization} answers. */
  readonly activeOrganizationId: OrganizationId | null;
  readonly organizations: readonly OrganizationMembership[];
  readonly joinable: readonly Organization[];
  /** The organizations that removed the user. */
  readonly removed: readonly Organization[];
  /** The closed organizations that the user would belong to. */
  readonly closed: readonly ClosedOrganization[];
  /** The invitations that wait for the user's consent, and their organizations. */
  readonly invitations: readonly PendingInvitation[];
  /** Those that cannot be accepted any more, newest first, and their organizations. */
  readonly past: readonly (PastInvitation & { readonly organization: Organization })[];
}

interface ClosedOrganization {
  readonly organization: Organization;
  /** The member who has closed it; null for an operator. */
  readonly closer: Membership | null;
}

type PendingInvitation = OpenOffer & { readonly organization: Organization };

/**
 * Ensures the memberships that invitations and JIT give, then lists them all and what the user may join.
 * @throws {Refusal} MEMBERSHIP_REMOVED when the user was removed from the organization of the token
 */
export async function listOrganizations(
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<Belonging> {
  const { memberships, token, waiting, answered } = await admitPending(identity, ports, signal);
  const listed = new Map(
    memberships.filter(({ leftAt }) => leftAt === null).map((each) => [each.organizationId, each]),
  );
  const offers = new Map(waiting.map((offer) => [offer.invitation.organizationId, offer]));
  const known = new Map(memberships.map((each) => [each.organizationId, each]));
  const ended = await pastInvitations(answered, known, ports, signal);
  const ids = new Set([...listed.keys(), ...offers.keys(), ...ended.map((each) => each.organizationId)]);
  const [found, joinable] = await Promise.all([
    ports.organizations.findMany([...ids], signal),
    joinableFor(identity, memberships, ports, signal),
  ]);
  const closed = found.filter((each) => isClosed(each, ports) && listed.get(each.id)?.status === "active");
  const organizations: OrganizationMembership[] = [];
  const removed: Organization[] = [];
  const invitations: PendingInvitation[] = [];
  for (const organization of found.filter((each) => !isClosed(each, ports)).sort(byName)) {
    const membership = listed.get(organization.id);
    const offer = offers.get(organization.id);
    if (membership?.status === "removed") removed.push(organization);
    if (membership?.status === "active") {
      const ssoRequired = !(await membershipCounts(organization, membership, identity, ports, signal));
      const { role, invitedBy } = membership;
      organizations.push({ organization, role, ssoRequired, invitedBy });
    }
    if (offer !== undefined) invitations.push({ organization, ...offer });
  }
  const own = organizations.find(({ organization }) => organization.id === token?.id);
  const activeOrganizationId = own === undefined || own.ssoRequired ? null : own.organization.id;
  const past = ended.flatMap((each) => {
    const organization = found.find((one) => one.id === each.organizationId && !isClosed(one, ports));
    return organization === undefined ? [] : { ...each, organization };
  });
  const over = await Promise.all(closed.sort(byName).map((each) => closedOrganization(each, ports, signal)));
  return { activeOrganizationId, organizations, joinable, removed, closed: over, invitations, past };
}

/** Who has closed it. Who comes first after its time records that: a failure of it is left to the next. */
async function closedOrganization(
  organization: Organization,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<ClosedOrganization> {
  const { id, closing } = organization;
  const by = closing?.by ?? null;
  if (isUnrecorded(organization, ports)) await recordClosing(id, ports, signal).catch(() => {});
  return { organization, closer: by === null ? null : await ports.memberships.find(id, by, signal) };
}

/**
 * Joins an organization that {@link listOrganizations} offers.
 * @throws {Refusal} NOT_JOINABLE for anything else, whether it exists or not; MEMBERSHIP_REMOVED likewise
 */
export async function join(
  identity: Identity,
  organizationId: OrganizationId,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<Membership> {
  const { memberships } = await admitPending(identity, ports, signal);
  const joinable = await joinableFor(identity, memberships, ports, signal);
  const isOffered = joinable.some(({ id }) => id === organizationId);
  const opening = { organizationId, stored: null, invitation: null };
  const { membership } = isOffered
    ? await grantMembership(opening, identity, ports, signal, ({ organization, assessment }) => {
        const isStill = offeredBy(assessment, ports).some(({ id }) => id === organizationId);
        return isStill ? uninvited("join", organization) : null;
      })
    : { membership: null };
  if (membership === null) throw new Refusal("NOT_JOINABLE", "the organization is not offered to this user");
  if (membership.status === "removed") throw new Refusal("NOT_JOINABLE", "the user was removed meanwhile");
  return membership;
}

/**
 * Settles the invitations to organizations that the user belongs to or was removed from, if the login proves its address
 * by what is stored: its connection may have been taken away since it was cached.
 */
async function settleTaken(
  offers: Iterable<Invitation>,
  memberships: ReadonlyMap<OrganizationId, Membership>,
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<void> {
  const { claims, userId, actor } = identity;
  if (actor !== null) return; // as for a grant
  const at = ports.now().toISOString();
  const taken = [...offers].flatMap((invitation) => {
    const stored = memberships.get(invitation.organizationId);
    return stored === undefined || stored.leftAt !== null || !isCurrent(invitation, at)
      ? []
      : { invitation, stored };
  });
  if (taken.length === 0) return;
  const [{ trust }, link] = await Promise.all([
    assess(claims, ports.stored, ports, signal),
    ports.storedLinks.find(claims, signal),
    refuseEndedToken(claims, identity, ports.storedLinks, signal),
  ]);
  if (link?.userId !== userId) return;
  for (const { invitation, stored } of taken) {
    if (grantingEmail(trust, invitation.organizationId) !== null)
      await settleInvitation({ invitation, stored }, identity, ports, signal);
  }
}

/** The invitations that the user can accept now, and that need their consent by what is stored. */
async function listWaiting(
  offers: Iterable<Invitation>,
  memberships: ReadonlyMap<OrganizationId, Membership>,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<OpenOffer[]> {
  // One that asked nobody would have been accepted: the cache may know a domain that was given up since.
  const waits = async (invitation: Invitation) => {
    const domain = domainOf(invitation.email);
    for (const organizations of [ports.organizations, ports.stored]) {
      if (needsConsent(invitation, await organizations.listByDomain(domain, signal))) return true;
    }
    return false;
  };
  const found = [...offers].map(async (invitation) => {
    const stored = memberships.get(invitation.organizationId) ?? null;
    const offer = await openOffer(stored, invitation, ports, signal);
    return offer !== null && (await waits(invitation)) ? offer : [];
  });
  return (await Promise.all(found)).flat();
}

/**
 * Creates the memberships that open invitations and JIT give and that are missing.
 * @returns every membership of the user, removed ones included, the invitations that wait for their consent, and, as they
 * were before, the others
 * @throws {Refusal} MEMBERSHIP_REMOVED when the user was removed from the organization of the token
 */
async function admitPending(identity: Identity, ports: MembershipPorts, signal: AbortSignal) {
  const { login, trust, userId } = identity;
  const [token, listed, invited] = await Promise.all([
    tokenOrganization(identity, ports, signal),
    ports.memberships.listByUser(userId, signal),
    trust.state === "trusted" ? ports.memberships.listInvitations(trust.email, signal) : [],
  ]);
  for (const each of listed) nameMember(each, identity, ports, signal);
  const memberships = new Map(listed.map((each) => [each.organizationId, each]));
  const own = token === null ? undefined : memberships.get(token.id);
  if (own?.leftAt === null) refuseRemoved(own);
  const offers = new Map(
    invited
      .filter(({ organizationId }) => grantingEmail(trust, organizationId) !== null)
      .map((invitation) => [invitation.organizationId, invitation]),
  );
  const candidates = new Set(offers.keys());
  if (login.via === "sso") candidates.add(login.connection.organizationId);
  await settleTaken(offers.values(), memberships, identity, ports, signal);
  for (const organizationId of candidates) {
    const stored = memberships.get(organizationId) ?? null;
    const opening = { organizationId, stored, invitation: offers.get(organizationId) ?? null };
    const membership = await makeMembership(opening, identity, ports, signal);
    if (membership !== null) memberships.set(organizationId, membership);
  }
  const waiting = await listWaiting(offers.values(), memberships, ports, signal);
  const present = token === null ? undefined : memberships.get(token.id);
  if (!waiting.some(({ invitation }) => invitation.organizationId === token?.id)) refuseRemoved(present);
  const waits = new Set(waiting.map(({ invitation }) => invitation.organizationId));
  const answered = [...offers.values()].filter(({ organizationId }) => !waits.has(organizationId));
  return { memberships: [...memberships.values()], token, waiting, answered };
}
