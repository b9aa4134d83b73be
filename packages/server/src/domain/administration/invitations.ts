import type { Role } from "../../wire/index.ts";
import { auditEntry, recordActions } from "../audit.ts";
import { type CanonicalEmail, parseEmail } from "../email.ts";
import { isCurrent } from "../membership/invitation.ts";
import { releaseInvitation } from "../membership/invitation-ledger.ts";
import { hasVerified, type Invitation, type Membership } from "../membership/membership.ts";
import { Refusal } from "../refusal.ts";
import { newRevision } from "../revision.ts";
import type { OrganizationStores } from "./administration.ts";
import { type InvitationView, viewOfInvitation } from "./invitation-view.ts";
import { conflict, offer, renewed, waitFor } from "./offer-invitations.ts";
import { type Actor, type Administrator, mayGrant } from "./standing.ts";

/** What an invitation of one address came to. */
export interface Invited {
  /** As it was given. */
  readonly email: string;
  readonly outcome: "invited" | "renewed" | "already-member" | "removed" | "invalid";
}

/** How many addresses are looked at concurrently. */
const AT_ONCE = 8;

/**
 * Invites addresses, in their order, each once. An address that is invited already is invited again.
 * @throws {Refusal} ROLE_REQUIRED for a role above one's own, also in an invitation that this one would replace, and for
 * addresses from outside while SSO is enforced, unless an owner invites; LIMIT_REACHED; RATE_LIMITED
 * @throws {AuditIncomplete} when the invitations are made without an audit entry
 */
export async function invite(
  administrator: Administrator,
  { emails, role }: { emails: readonly string[]; role: Role },
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<Invited[]> {
  if (!mayGrant(administrator, role)) throw new Refusal("ROLE_REQUIRED", "the role is above one's own");
  if (administrator.organization.state === "closed") {
    throw new Refusal("NOT_READY", "the organization is closed", {
      hint: "the organization is closed: reopen it first",
    });
  }
  const addresses = distinct(emails);
  const found = await inTurns(addresses, (address) => look(administrator, address, ports, signal));
  if (found.some(({ outside }) => outside)) requireRightToInviteOutside(administrator);
  if (found.some(({ present, outcome }) => outcome === "renewed" && isAbove(administrator, present))) {
    const hint = "an address is invited already, with a role above your own";
    throw new Refusal("ROLE_REQUIRED", "an invitation above one's own role", { hint });
  }
  const offers = found.flatMap((each) => {
    const { email, outcome } = each;
    if (email === null || (outcome !== "invited" && outcome !== "renewed")) return [];
    return [renewed(administrator, { ...each, email, outcome, role }, ports)];
  });
  await offer(administrator, offers, ports, signal);
  return found.map(({ given, outcome }) => ({ email: given, outcome }));
}

/** Whether the administrator may not replace the invitation: it offers a role that they could not. */
function isAbove(administrator: Administrator, present: Invitation | null): boolean {
  return present !== null && !mayGrant(administrator, present.role);
}

/** @throws {Refusal} ROLE_REQUIRED while SSO is enforced, which such invitees are exempt from, unless an owner invites */
function requireRightToInviteOutside({ organization, role }: Administrator): void {
  if (!organization.enforceSso || role === "owner") return;
  const hint = "only an owner invites addresses outside the organization's domains while SSO is enforced";
  throw new Refusal("ROLE_REQUIRED", "inviting from outside", { hint });
}

/**
 * Offers an invitation again, in the name of the administrator, and mails it again.
 * @throws {Refusal} NOT_FOUND; ROLE_REQUIRED as {@link invite}; CONFLICT for one that was accepted, declined or revoked,
 * and for that of a member or of a removed person; RATE_LIMITED soon after the last mail
 */
export async function resendInvitation(
  administrator: Administrator,
  email: CanonicalEmail | null,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<InvitationView> {
  const present = await requireInvitation(administrator, email, ports, signal);
  if (present.consumedBy !== null) throw conflict("the invitation was accepted");
  if (present.ended === "revoked" || present.ended === "declined")
    throw conflict(`the invitation was ${present.ended}; invite again`);
  const given = { given: present.email, email: present.email };
  const { outcome, outside } = await look(administrator, given, ports, signal);
  if (outcome === "already-member") throw conflict("the person is a member already");
  if (outcome === "removed") throw conflict("the person was removed; restore them instead");
  if (outside) requireRightToInviteOutside(administrator);
  const waitMs = ports.outbox === null ? 0 : waitFor(present, ports);
  if (waitMs > 0) {
    const retryAfterSeconds = Math.ceil(waitMs / 1_000);
    throw new Refusal("RATE_LIMITED", "mailed a moment ago", {
      retryAfterSeconds,
      hint: "this address was mailed a moment ago",
    });
  }
  const { email: to, role } = present;
  const renewal = renewed(administrator, { email: to, role, outside, present, outcome: "renewed" }, ports);
  await offer(administrator, [renewal], ports, signal);
  return viewOfInvitation(renewal.next, "open", ports.now());
}

/**
 * Withdraws an invitation.
 * @throws {Refusal} NOT_FOUND; ROLE_REQUIRED for a role above one's own; CONFLICT for one that was accepted
 */
export async function revokeInvitation(
  administrator: Administrator,
  email: CanonicalEmail | null,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<InvitationView> {
  const { organization, actor, via } = administrator;
  const at = ports.now().toISOString();
  for (;;) {
    const present = await requireInvitation(administrator, email, ports, signal);
    if (present.consumedBy !== null) throw conflict("the invitation was accepted");
    const isRevoked = present.ended === "revoked";
    const about = { organizationId: organization.id, invitationId: present.invitationId };
    const change = auditEntry({ at, actor, via, action: "invitation-revoked", ...about });
    const next = isRevoked ? present : { ...present, ended: "revoked" as const, rev: newRevision(), change };
    if (!isRevoked && !(await ports.memberships.replaceInvitation(next, present, signal))) continue;
    if (next.change !== null)
      await recordActions([next.change], { audit: ports.audit, actor: next.change.actor }, signal);
    if (!isRevoked && isCurrent(present, at)) await releaseInvitation(present, ports, signal);
    return viewOfInvitation(next, "revoked", ports.now());
  }
}

/** One address of a call, and what is stored about it. */
interface Looked {
  readonly given: string;
  readonly email: CanonicalEmail | null;
  readonly outcome: Invited["outcome"];
  readonly outside: boolean;
  readonly present: Invitation | null;
}

async function look(
  { organization }: Actor,
  { given, email }: { given: string; email: CanonicalEmail | null },
  { membershipRegistry, memberships, organizations, now }: OrganizationStores,
  signal: AbortSignal,
): Promise<Looked> {
  if (email === null) return { given, email, outcome: "invalid", outside: false, present: null };
  const [members, present, isInside] = await Promise.all([
    membershipRegistry.findByAddress(organization.id, email, signal),
    memberships.findInvitation(organization.id, email, signal),
    hasVerified(organization, email, organizations, signal),
  ]);
  return {
    given,
    email,
    outcome: outcomeOf(members, present, now().toISOString()),
    outside: !isInside,
    present,
  };
}

function outcomeOf(
  members: readonly Membership[],
  present: Invitation | null,
  now: string,
): Invited["outcome"] {
  if (members.some(({ status }) => status === "active")) return "already-member";
  if (members.some(({ hasLeft }) => !hasLeft)) return "removed";
  return present !== null && isCurrent(present, now) ? "renewed" : "invited";
}

async function requireInvitation(
  administrator: Administrator,
  email: CanonicalEmail | null,
  { memberships }: OrganizationStores,
  signal: AbortSignal,
): Promise<Invitation> {
  const { id } = administrator.organization;
  const invitation = email === null ? null : await memberships.findInvitation(id, email, signal);
  if (invitation === null) throw new Refusal("NOT_FOUND", "the address is not invited");
  if (!mayGrant(administrator, invitation.role))
    throw new Refusal("ROLE_REQUIRED", "the role is above one's own");
  return invitation;
}

/** Each address once, as it was given first. */
function distinct(emails: readonly string[]): { given: string; email: CanonicalEmail | null }[] {
  const found = new Map<string, { given: string; email: CanonicalEmail | null }>();
  for (const given of emails) {
    const email = parseEmail(given);
    const key = email ?? `invalid ${given}`;
    if (!found.has(key)) found.set(key, { given, email });
  }
  return [...found.values()];
}

/** A few at a time, in order. */
async function inTurns<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE) {
    done.push(...(await Promise.all(items.slice(from, from + AT_ONCE).map(run))));
  }
  return done;
}
