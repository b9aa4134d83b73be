import type { Role } from "../../wire/index.ts";
import { type AuditAction, auditEntry, recordActions } from "../audit.ts";
import { type CanonicalEmail, parseEmail } from "../email.ts";
import { type InvitationState, isCurrent, stateOf } from "../membership/invitation.ts";
import {
  counted,
  countInvitations,
  isCounted,
  type LedgerChange,
  releaseInvitation,
} from "../membership/invitation-ledger.ts";
import { hasVerified, type Invitation, type Membership } from "../membership/membership.ts";
import { cursorOf, type Page, positionOf } from "../page.ts";
import { Refusal } from "../refusal.ts";
import { newRevision } from "../revision.ts";
import type { UserId } from "../user-id.ts";
import type { OrganizationStores } from "./administration.ts";
import { type Actor, type Administrator, mayGrant } from "./standing.ts";

/** An invitation as administrators see one. */
export interface InvitationView {
  readonly invitationId: string;
  readonly email: CanonicalEmail;
  readonly role: Role;
  readonly state: InvitationState;
  readonly mail: Invitation["mail"];
  /** Whether the address is outside the organization's domains. */
  readonly outside: boolean;
  /** Null for an operator. */
  readonly invitedBy: UserId | null;
  /** ISO 8601, UTC, as `expiresAt`; null for an invitation of an older version, which does not expire. */
  readonly createdAt: string | null;
  readonly expiresAt: string | null;
}

/** What an invitation of one address came to. */
export interface Invited {
  /** As it was given. */
  readonly email: string;
  readonly outcome: "invited" | "renewed" | "already-member" | "removed" | "invalid";
}

/** How many addresses are looked at concurrently. */
const AT_ONCE = 8;
/** A mail whose outcome is not known after this time was lost with its process. */
const SENDING_MS = 60_000;

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
    if (each.email === null || (each.outcome !== "invited" && each.outcome !== "renewed")) return [];
    return [renewed(administrator, { ...each, email: each.email, role }, ports)];
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
  const { organization, actor } = administrator;
  const at = ports.now().toISOString();
  for (;;) {
    const present = await requireInvitation(administrator, email, ports, signal);
    if (present.consumedBy !== null) throw conflict("the invitation was accepted");
    const isRevoked = present.ended === "revoked";
    const about = { organizationId: organization.id, invitationId: present.invitationId };
    const change = auditEntry({ at, actor, action: "invitation-revoked", ...about });
    const next = isRevoked ? present : { ...present, ended: "revoked" as const, rev: newRevision(), change };
    if (!isRevoked && !(await ports.memberships.replaceInvitation(next, present, signal))) continue;
    if (next.change !== null)
      await recordActions([next.change], { audit: ports.audit, actor: next.change.actor }, signal);
    if (!isRevoked && isCurrent(present, at)) await releaseInvitation(present, ports, signal);
    return viewOfInvitation(next, "revoked", ports.now());
  }
}

/**
 * A page of the invitations, by address. What was written within the last second may be missing.
 * @throws {Refusal} INPUT_INVALID for a cursor of another list
 */
export async function listInvitations(
  { organization: { id } }: Administrator,
  {
    state,
    cursor,
    limit,
  }: { state?: InvitationState | undefined; cursor?: string | undefined; limit: number },
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<Page<InvitationView>> {
  const scope = { list: "invitations", organizationId: id, state };
  const after = cursor === undefined ? null : positionOf(cursor, scope);
  const { invitations, next } = await ports.membershipRegistry.invitationPage(id, { after, limit }, signal);
  const inviters = [...new Set(invitations.flatMap(({ invitedBy }) => invitedBy ?? []))];
  const members = inviters.length === 0 ? [] : await ports.membershipRegistry.findMany(id, inviters, signal);
  const by = new Map(members.map((each) => [each.userId, each]));
  const now = ports.now();
  const items = invitations
    .map((each) => {
      const inviter = each.invitedBy === null ? null : (by.get(each.invitedBy) ?? null);
      return viewOfInvitation(each, stateOf(each, { now: now.toISOString(), inviter }), now);
    })
    .filter((view) => state === undefined || view.state === state);
  return { items, nextCursor: next === null ? null : cursorOf(next, scope) };
}

const UNNUMBERED = "00000000-0000-0000-0000-000000000000";

export function viewOfInvitation(invitation: Invitation, state: InvitationState, now: Date): InvitationView {
  const { invitationId, email, role, fromOutside: outside, invitedBy, createdAt, expiresAt } = invitation;
  const mail = isLost(invitation, now) ? "failed" : invitation.mail;
  return {
    invitationId: invitationId ?? UNNUMBERED,
    email,
    role,
    state,
    mail,
    outside,
    invitedBy,
    createdAt,
    expiresAt,
  };
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

/** An invitation to store in the place of the present one. */
interface Offer {
  readonly next: Invitation;
  readonly present: Invitation | null;
  /** Whether a mail about it is sent. */
  readonly isMailed: boolean;
}

/** The invitation as it is offered (again) by the administrator. */
function renewed(
  { organization, userId, actor }: Actor,
  {
    email,
    role,
    outside,
    present,
    outcome,
  }: Pick<Looked, "outside" | "present" | "outcome"> & { email: CanonicalEmail; role: Role },
  ports: OrganizationStores,
): Offer {
  const { now, limits, outbox } = ports;
  const at = now().toISOString();
  const isMailed = outbox !== null && (present === null || waitFor(present, ports) === 0);
  const invitationId = present?.invitationId ?? crypto.randomUUID();
  const action = outcome === "renewed" ? "invitation-resent" : "invitation-sent";
  const about = { organizationId: organization.id, invitationId, after: { role } };
  const next: Invitation = {
    ...{ organizationId: organization.id, email, invitationId, role, fromOutside: outside },
    ...{ consumedBy: null, ended: null, invitedBy: userId, createdAt: at },
    expiresAt: new Date(now().getTime() + limits.ttlMs).toISOString(),
    mail: isMailed ? "sending" : outbox === null ? "none" : (present?.mail ?? "none"),
    mailedAt: isMailed ? at : (present?.mailedAt ?? null),
    rev: newRevision(),
    change: auditEntry({ at, actor, action: action satisfies AuditAction, ...about }),
  };
  return { next, present, isMailed };
}

/** Counts invitations and their mails, then stores them. */
async function offer(
  administrator: Administrator,
  offers: readonly Offer[],
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<void> {
  const { id } = administrator.organization;
  counted(await ports.ledger.find(id, signal), changeBy(offers, ports), ports.now()); // all of them, or none
  const failures: unknown[] = [];
  // A few at a time, so that a failure leaves few of them counted that are not stored.
  for (let from = 0; from < offers.length; from += AT_ONCE) {
    const group = offers.slice(from, from + AT_ONCE);
    await countInvitations(id, changeBy(group, ports), ports, signal);
    const stored = group.map((each) => store(administrator, each, ports, signal));
    for (const outcome of await Promise.allSettled(stored)) {
      if (outcome.status === "rejected") failures.push(outcome.reason);
    }
    if (failures.some((failure) => !isConflict(failure))) break;
  }
  if (failures.length > 0) throw failures.find((failure) => !isConflict(failure)) ?? failures[0];
}

function changeBy(offers: readonly Offer[], ports: OrganizationStores): LedgerChange {
  return {
    opened: offers.map(({ next }) => next),
    closed: offers.flatMap(({ present }) => stillCounted(present, ports)),
    mails: offers.filter(({ isMailed }) => isMailed).length,
  };
}

/** Whether it concerns one invitation alone. */
function isConflict(error: unknown): boolean {
  return error instanceof Refusal && error.reason === "CONFLICT";
}

/** Stores an invitation that is counted already, records it and hands its mail over. */
async function store(
  administrator: Administrator,
  { next, present, isMailed }: Offer,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<void> {
  const { organization, userId } = administrator;
  if (!(await ports.memberships.replaceInvitation(next, present, signal))) {
    // As it was before: the caller that changed the present one has counted that.
    const opened = stillCounted(present, ports);
    const mails = isMailed ? -1 : 0;
    await countInvitations(organization.id, { opened, closed: [next], mails }, ports, signal);
    throw conflict("somebody else has just changed this invitation; try again");
  }
  if (next.change !== null)
    await recordActions([next.change], { audit: ports.audit, actor: next.change.actor }, signal);
  if (!isMailed || next.expiresAt === null) return;
  const inviter = userId === null ? null : await ports.membershipWrites.find(organization.id, userId, signal);
  ports.outbox?.post(next, {
    ...{ to: next.email, organizationName: organization.name, role: next.role },
    ...{ invitedBy: inviter?.email ?? null, expiresAt: next.expiresAt },
  });
}

/** How long the address of an invitation gets no other mail, in milliseconds. A mail that failed does not count. */
function waitFor(invitation: Invitation, { now, limits }: OrganizationStores): number {
  const { mail, mailedAt } = invitation;
  if (mailedAt === null || mail === "failed" || isLost(invitation, now())) return 0;
  return Math.max(0, Date.parse(mailedAt) + limits.resendMs - now().getTime());
}

function isLost({ mail, mailedAt }: Invitation, now: Date): boolean {
  return mail === "sending" && mailedAt !== null && now.getTime() - Date.parse(mailedAt) > SENDING_MS;
}

/** The invitation, if the ledger counts it as open; else nothing. */
function stillCounted(invitation: Invitation | null, { now }: OrganizationStores): Invitation[] {
  if (invitation === null || !isCounted(invitation)) return [];
  return isCurrent(invitation, now().toISOString()) ? [invitation] : [];
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

function conflict(hint: string): Refusal {
  return new Refusal("CONFLICT", "the invitation is not in the expected state", { hint });
}
