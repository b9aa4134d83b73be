import { isDeepStrictEqual } from "node:util";
import type { Role } from "../../wire/index.ts";
import { type AuditEntry, auditEntry } from "../audit.ts";
import { type CanonicalEmail, domainOf } from "../email.ts";
import { recordConflict } from "../identity/identity-conflict.ts";
import { refuseBlocked } from "../identity/identity-link.ts";
import type { Identity } from "../identity/resolve-identity.ts";
import { decideInside, type Place, type Speakers } from "../identity/speakers.ts";
import { type Assessment, assess, grantingEmail } from "../login/address-trust.ts";
import { connectionNameOf } from "../login/login.ts";
import type { Organization, OrganizationId } from "../organization.ts";
import { newRevision } from "../revision.ts";
import { needsConsent } from "./invitation.ts";
import { releaseInvitation } from "./invitation-ledger.ts";
import {
  type Invitation,
  isOwnLogin,
  type Membership,
  type MembershipOrigin,
  type MembershipPorts,
} from "./membership.ts";
import { mayBeInvited, openOffer } from "./open-offer.ts";
import { listOwnerOf, MAX_OWNERS } from "./owners.ts";

/**
 * The one place that decides whether a user is a member. A stored membership decides, also a removed one; only who left by
 * themselves can be invited again. If none is stored, an open invitation creates it, else JIT. Every procedure goes through
 * here, so the order of calls does not matter. The reads are the same whether or not the organization exists.
 */
export async function ensureMembership(
  organizationId: OrganizationId,
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<Membership | null> {
  const { memberships } = ports;
  const stored = await memberships.find(organizationId, identity.userId, signal);
  if (stored !== null && !stored.hasLeft) return stored;
  const email = grantingEmail(identity.trust, organizationId);
  const invitation = email === null ? null : await memberships.findInvitation(organizationId, email, signal);
  return (await makeMembership({ organizationId, stored, invitation }, identity, ports, signal)) ?? stored;
}

/** Where a membership may be made, and what is known of it. */
export interface Opening {
  readonly organizationId: OrganizationId;
  /** The membership of who left by themselves; null if none is stored. */
  readonly stored: Membership | null;
  readonly invitation: Invitation | null;
}

/** Creates a membership where none is stored: by the user's invitation if there is one, else by JIT. */
export async function makeMembership(
  opening: Opening,
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<Membership | null> {
  const { organizationId, invitation, stored } = opening;
  const invited =
    invitation !== null && (await mayAdmit(invitation, identity, ports, signal))
      ? await acceptInvitation({ organizationId, invitation, stored }, identity, ports, signal)
      : null;
  return invited ?? (stored === null ? provisionJustInTime(organizationId, identity, ports, signal) : null);
}

/** By what is cached: an invitation that waits for its consent must not cost a decision on stored data each time. */
async function mayAdmit(
  invitation: Invitation,
  { userId }: Identity,
  { organizations }: MembershipPorts,
  signal: AbortSignal,
): Promise<boolean> {
  if (invitation.consumedBy === userId) return true; // they have consented, and a crash came in between
  return !needsConsent(invitation, await organizations.listByDomain(domainOf(invitation.email), signal));
}

/**
 * Creates the membership that an invitation offers; null if it offers none to this user (any more), or needs a consent
 * that they have not given.
 */
export async function acceptInvitation(
  {
    organizationId,
    invitation,
    stored,
    hasConsented = false,
  }: Opening & { readonly invitation: Invitation; readonly hasConsented?: boolean },
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<Membership | null> {
  const { role, fromOutside: invitedFromOutside, consumedBy, invitedBy, invitationId } = invitation;
  const { userId } = identity;
  const isOffered =
    consumedBy === userId
      ? mayBeInvited(stored, invitation)
      : (await openOffer(stored, invitation, ports, signal)) !== null;
  if (!isOffered) return null;
  return grantMembership({ organizationId, stored }, identity, ports, signal, ({ email, assessment }) => {
    if (email !== invitation.email) return null;
    const consents = hasConsented || consumedBy === userId;
    if (!consents && needsConsent(invitation, assessment.verifiers)) return null;
    // Consumed first, for this user for good. After a crash before the membership is written, the next call writes it.
    const prepare = () => ports.memberships.consumeInvitation(invitation, userId, signal);
    const finish = async () => {
      await ports.audit.append(acceptedBy(identity, invitation, ports), signal);
      await releaseInvitation(invitation, ports, signal);
    };
    return { origin: "invitation", role, invitedFromOutside, invitedBy, invitationId, prepare, finish };
  });
}

/** The entry of an invitation that this user has accepted now. */
export function acceptedBy(
  { userId, claims }: Pick<Identity, "userId" | "claims">,
  { organizationId, invitationId }: Invitation,
  { now }: Pick<MembershipPorts, "now">,
): AuditEntry {
  const about = { userId, organizationId, invitationId, via: claims.clientId };
  return auditEntry({ at: now().toISOString(), actor: "login", action: "invitation-accepted", ...about });
}

async function provisionJustInTime(
  organizationId: OrganizationId,
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<Membership | null> {
  if (!isOwnLogin(organizationId, identity) || grantingEmail(identity.trust, organizationId) === null)
    return null;
  if (!(await ports.organizations.find(organizationId, signal))?.jit) return null;
  const opening = { organizationId, stored: null };
  return grantMembership(opening, identity, ports, signal, ({ organization, assessment }) => {
    if (!organization.jit || !isOwnLogin(organizationId, assessment)) return null;
    return { origin: "jit", role: defaultRoleOf(organization), invitedFromOutside: false };
  });
}

/** The role of those who were not invited: never owner, whatever is stored. */
export function defaultRoleOf({ defaultRole }: Organization): Role {
  return defaultRole === "owner" ? "admin" : defaultRole;
}

/** What is stored when a membership is granted. */
export interface StoredGround {
  readonly organization: Organization;
  readonly assessment: Assessment;
  /** Proven to the organization. */
  readonly email: CanonicalEmail;
}

/** A membership to create. */
export interface Grant
  extends Pick<Membership, "role" | "invitedFromOutside">,
    Partial<Pick<Membership, "invitedBy">> {
  readonly origin: Exclude<MembershipOrigin, "import">;
  readonly invitationId?: string | null;
  /** The last step before the membership is stored; false to store none. */
  readonly prepare?: () => Promise<boolean>;
  /** The first step after this call, and no other, has stored the membership. */
  readonly finish?: () => Promise<void>;
}

/**
 * Creates an active membership unless one is stored, or makes that of who left active again. Decides on stored data, not on
 * the cache: what an operator withdrew a moment ago grants nothing.
 * @throws {Refusal} IDENTITY_BLOCKED
 * @param decide returns what to grant on the stored data; null for nothing
 * @returns the stored membership; null when nothing is granted
 */
export async function grantMembership(
  { organizationId, stored: left }: Pick<Opening, "organizationId" | "stored">,
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
  decide: (ground: StoredGround) => Grant | null,
): Promise<Membership | null> {
  const { claims, userId, actor } = identity;
  if (actor !== null) return null; // who acts for somebody decides nothing for them
  const [organization, assessment, link, read] = await Promise.all([
    ports.stored.find(organizationId, signal),
    assess(claims, ports.stored, ports, signal),
    ports.storedLinks.find(claims, signal),
    ports.speakers.find(userId, signal),
    refuseBlocked(userId, ports.storedLinks, signal),
  ]);
  if (organization === null || organization.state === "closed" || link?.userId !== userId) return null;
  const email = grantingEmail(assessment.trust, organizationId);
  if (email === null) return null;
  const grant = decide({ organization, assessment, email });
  if (grant === null) return null;
  const isInside = assessment.verifiers.some(({ id }) => id === organizationId);
  const place = { organization, domain: domainOf(email) };
  if (isInside && !(await ensureInside(place, { identity, assessment, read }, ports, signal))) return null;
  const { prepare, finish, invitationId = null, ...made } = grant;
  if (prepare !== undefined && !(await prepare())) return null;
  const at = ports.now().toISOString();
  const proposed: Membership = {
    ...{ organizationId, userId, status: "active", createdAt: at, email, invitedBy: null, ...made },
    ...{ role: await admittedRole(made.role, organizationId, ports, signal) },
    ...{ hasLeft: false, ceased: left?.ceased ?? {}, rev: newRevision(), change: null },
  };
  const action = { at, actor: "login", action: "membership-created", rule: grant.origin } as const;
  const entry = auditEntry({ ...proposed, ...action, via: claims.clientId, invitationId });
  const stored = await store(proposed, left, ports, signal).catch((cause: unknown) => {
    ports.audit.doubt(entry, cause);
    throw cause;
  });
  if (isDeepStrictEqual(stored, proposed)) {
    await ports.audit.append(entry, signal);
    await finish?.();
  }
  return listOwnerOf(stored, ports, signal);
}

/** Stores the membership where `left` is still stored, or none. @returns the stored one */
async function store(
  proposed: Membership,
  left: Membership | null,
  { memberships, membershipWrites }: MembershipPorts,
  signal: AbortSignal,
): Promise<Membership> {
  if (left === null) return memberships.create(proposed, signal);
  if (await membershipWrites.replace(proposed, left, signal)) return proposed;
  return (await membershipWrites.find(left.organizationId, left.userId, signal)) ?? left; // none is ever deleted
}

/** The role as it can be given: an organization that has all the owners it can have gets an admin. */
async function admittedRole(
  role: Role,
  organizationId: OrganizationId,
  { owners }: MembershipPorts,
  signal: AbortSignal,
): Promise<Role> {
  if (role !== "owner") return role;
  const { userIds } = await owners.find(organizationId, signal);
  return userIds.length < MAX_OWNERS ? "owner" : "admin";
}

/** Decides and stores whether the organization may speak for the user. A refusal is recorded for operators. */
async function ensureInside(
  place: Place,
  { identity, assessment, read }: { identity: Identity; assessment: Assessment; read: Speakers },
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<boolean> {
  const { userId, claims } = identity;
  if (await decideInside(userId, place, ports.speakers, signal, read)) return true;
  const connection = connectionNameOf(assessment.login);
  const { tenant, subject } = claims;
  const about = {
    userId,
    organizationId: place.organization.id,
    tenant,
    subject,
    via: claims.clientId,
    connection,
  };
  await recordConflict("foreign-organization", about, ports, signal);
  return false;
}
