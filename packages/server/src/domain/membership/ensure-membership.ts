import { isDeepStrictEqual } from "node:util";
import { auditEntry } from "../audit.ts";
import type { CanonicalEmail } from "../email.ts";
import { recordConflict } from "../identity/identity-conflict.ts";
import { refuseBlocked } from "../identity/identity-link.ts";
import type { Identity } from "../identity/resolve-identity.ts";
import { decideInside, type Speakers } from "../identity/speakers.ts";
import { type Assessment, assess, grantingEmail } from "../login/address-trust.ts";
import { connectionNameOf } from "../login/login.ts";
import type { Organization, OrganizationId } from "../organization.ts";
import {
  type Invitation,
  isOwnLogin,
  type Membership,
  type MembershipOrigin,
  type MembershipPorts,
} from "./membership.ts";

/**
 * The one place that decides whether a user is a member. A stored membership decides, also a removed one. Only if none is
 * stored, an open invitation creates it, else JIT. Every procedure goes through here, so the order of calls does not
 * matter. The reads are the same whether or not the organization exists.
 */
export async function ensureMembership(
  organizationId: OrganizationId,
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<Membership | null> {
  const { memberships } = ports;
  const stored = await memberships.find(organizationId, identity.userId, signal);
  if (stored !== null) return stored;
  const email = grantingEmail(identity.trust, organizationId);
  const invitation = email === null ? null : await memberships.findInvitation(organizationId, email, signal);
  return makeMembership(organizationId, invitation, identity, ports, signal);
}

/** Creates a membership where none is stored: by the user's invitation if there is one, else by JIT. */
export async function makeMembership(
  organizationId: OrganizationId,
  invitation: Invitation | null,
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<Membership | null> {
  return (
    (invitation === null ? null : await acceptInvitation(invitation, identity, ports, signal)) ??
    (await provisionJustInTime(organizationId, identity, ports, signal))
  );
}

async function acceptInvitation(
  invitation: Invitation,
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<Membership | null> {
  const { organizationId, role, fromOutside: invitedFromOutside, consumedBy } = invitation;
  if (consumedBy !== null && consumedBy !== identity.userId) return null;
  return grantMembership(organizationId, identity, ports, signal, ({ email }) => {
    if (email !== invitation.email) return null;
    // Consumed first, for this user for good. After a crash before the membership is written, the next call writes it.
    const prepare = () => ports.memberships.consumeInvitation(invitation, identity.userId, signal);
    return { origin: "invitation", role, invitedFromOutside, prepare };
  });
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
  return grantMembership(organizationId, identity, ports, signal, ({ organization, assessment }) => {
    if (!organization.jit || !isOwnLogin(organizationId, assessment)) return null;
    return { origin: "jit", role: organization.defaultRole, invitedFromOutside: false };
  });
}

/** What is stored when a membership is granted. */
export interface StoredGround {
  readonly organization: Organization;
  readonly assessment: Assessment;
  /** Proven to the organization. */
  readonly email: CanonicalEmail;
}

/** A membership to create. */
export interface Grant extends Pick<Membership, "role" | "invitedFromOutside"> {
  readonly origin: Exclude<MembershipOrigin, "import">;
  /** The last step before the membership is stored; false to store none. */
  readonly prepare?: () => Promise<boolean>;
}

/**
 * Creates an active membership unless one of any status is stored. Decides on stored data, not on the cache: what an
 * operator withdrew a moment ago grants nothing.
 * @throws {Refusal} IDENTITY_BLOCKED
 * @param decide returns what to grant on the stored data; null for nothing
 * @returns the stored membership; null when nothing is granted
 */
export async function grantMembership(
  organizationId: OrganizationId,
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
  decide: (ground: StoredGround) => Grant | null,
): Promise<Membership | null> {
  const { claims, userId } = identity;
  const [organization, assessment, link, read] = await Promise.all([
    ports.stored.find(organizationId, signal),
    assess(claims, ports.stored, ports, signal),
    ports.storedLinks.find(claims, signal),
    ports.speakers.find(userId, signal),
    refuseBlocked(userId, ports.storedLinks, signal),
  ]);
  if (organization === null || link?.userId !== userId) return null;
  const email = grantingEmail(assessment.trust, organizationId);
  if (email === null) return null;
  const grant = decide({ organization, assessment, email });
  if (grant === null) return null;
  const isInside = !grant.invitedFromOutside || assessment.verifiers.some(({ id }) => id === organizationId);
  if (isInside && !(await ensureInside(organization, { identity, assessment, read }, ports, signal)))
    return null;
  const { prepare, ...made } = grant;
  if (prepare !== undefined && !(await prepare())) return null;
  const at = ports.now().toISOString();
  const proposed: Membership = { organizationId, userId, status: "active", createdAt: at, email, ...made };
  const action = { at, actor: "login", action: "membership-created", rule: grant.origin } as const;
  const entry = auditEntry({ ...proposed, ...action });
  const stored = await ports.memberships.create(proposed, signal).catch((cause: unknown) => {
    ports.audit.doubt(entry, cause);
    throw cause;
  });
  if (isDeepStrictEqual(stored, proposed)) await ports.audit.append(entry, signal);
  return stored;
}

/** Decides and stores whether the organization may speak for the user. A refusal is recorded for operators. */
async function ensureInside(
  organization: Organization,
  { identity, assessment, read }: { identity: Identity; assessment: Assessment; read: Speakers },
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<boolean> {
  const { userId, claims } = identity;
  if (await decideInside(userId, organization, ports.speakers, signal, read)) return true;
  const connection = connectionNameOf(assessment.login);
  const { tenant, subject } = claims;
  const about = { userId, organizationId: organization.id, tenant, subject, connection };
  await recordConflict("foreign-organization", about, ports, signal);
  return false;
}
