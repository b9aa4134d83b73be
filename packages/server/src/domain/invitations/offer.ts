import type { Role } from "../../wire/index.ts";
import { auditEntry } from "../audit.ts";
import { type CanonicalEmail, parseEmail } from "../email.ts";
import type { InvitationMail } from "../mailer.ts";
import { isCurrent, type Replacement } from "../membership/invitation.ts";
import { hasVerified, type Invitation } from "../membership/memberships.ts";
import type { Actor } from "../membership/standing.ts";
import type { Membership } from "../membership.ts";
import { newRevision } from "../revision.ts";
import type { InvitationPorts } from "./outbox.ts";
import { isLost } from "./view.ts";

/** What an invitation of one address came to. */
export interface Invited {
  /** As it was given. */
  readonly email: string;
  readonly outcome: "invited" | "renewed" | "already-member" | "removed" | "invalid";
}

/** An address of a call; `email` is null for what is not an address. */
export interface Given {
  readonly given: string;
  readonly email: CanonicalEmail | null;
}

/** One address of a call, and what is stored about it. */
export interface Looked extends Given {
  readonly outcome: Invited["outcome"];
  readonly outside: boolean;
  readonly present: Invitation | null;
}

/** Each address once, as it was given first. */
export function distinct(emails: readonly string[]): Given[] {
  const found = new Map<string, Given>();
  for (const given of emails) {
    const email = parseEmail(given);
    const key = email ?? `invalid ${given}`;
    if (!found.has(key)) found.set(key, { given, email });
  }
  return [...found.values()];
}

export async function look(
  { organization }: Actor,
  { given, email }: Given,
  { memberships, organizations, now }: InvitationPorts,
  signal: AbortSignal,
): Promise<Looked> {
  if (email === null) return { given, email, outcome: "invalid", outside: false, present: null };
  const [members, present, isInside] = await Promise.all([
    memberships.findByAddress(organization.id, email, signal),
    memberships.findInvitation(organization.id, email, signal),
    hasVerified(organization, email, organizations, signal),
  ]);
  const by = present?.consumedBy ?? null;
  const user = by === null ? null : await memberships.find(organization.id, by, signal); // the index lags behind
  const outcome = outcomeOf(user === null ? members : [...members, user], present, now().toISOString());
  return { given, email, outcome, outside: !isInside, present };
}

function outcomeOf(
  members: readonly Membership[],
  present: Invitation | null,
  now: string,
): Invited["outcome"] {
  if (members.some(({ status }) => status === "active")) return "already-member";
  if (members.some(({ leftAt }) => leftAt === null)) return "removed";
  return present !== null && isCurrent(present, now) ? "renewed" : "invited";
}

/** The invitation as it is offered (again) by the administrator. */
export function renewed(
  { organization, userId: invitedBy, actor, via, batchId }: Actor,
  { email, outside, present, outcome }: Looked & { readonly email: CanonicalEmail },
  role: Role,
  { limits, outbox }: InvitationPorts,
  now: Date,
): Replacement {
  const at = now.toISOString();
  const isMailed = outbox !== null && (present === null || waitFor(present, limits, now) === 0);
  const invitationId = present?.invitationId ?? crypto.randomUUID();
  const next: Invitation = {
    organizationId: organization.id,
    email,
    invitationId,
    role,
    fromOutside: outside,
    invitedBy,
    consumedBy: null,
    ended: null,
    endedBy: null,
    endedAt: null,
    declared: present?.declared ?? false,
    counted: true,
    createdAt: at,
    rev: newRevision(),
    expiresAt: new Date(now.getTime() + limits.ttlMs).toISOString(),
    mail: isMailed ? "sending" : outbox === null ? "none" : (present?.mail ?? "none"),
    mailedAt: isMailed ? at : (present?.mailedAt ?? null),
  };
  const action = outcome === "renewed" ? "invitation-resent" : "invitation-sent";
  const about = { organizationId: organization.id, invitationId, batchId, after: { role } };
  return { next, present, isMailed, audit: [auditEntry({ at, actor, via, action, ...about })] };
}

/** Who invites, as the mails say it. */
export type MailedInviter = Pick<InvitationMail, "invitedBy" | "inviterName" | "isOperators">;

/** The administrator as the mails name them; by no name for an operator, and where no mail is sent. */
export async function mailedInviter(
  { organization, userId }: Actor,
  { memberships, outbox }: InvitationPorts,
  signal: AbortSignal,
): Promise<MailedInviter> {
  const isNamed = userId !== null && outbox !== null;
  const inviter = isNamed ? await memberships.find(organization.id, userId, signal) : null;
  const isOperators = userId === null;
  return { invitedBy: inviter?.email ?? null, inviterName: inviter?.name ?? null, isOperators };
}

/** Hands the mails about stored offers over. */
export function postMails(
  { organization: { name: organizationName } }: Actor,
  offers: readonly Replacement[],
  inviter: MailedInviter,
  { outbox }: InvitationPorts,
): void {
  for (const { next, isMailed } of offers) {
    const { email: to, role, expiresAt } = next;
    if (isMailed) outbox?.post(next, { to, organizationName, role, ...inviter, expiresAt });
  }
}

/** How long the address of an invitation gets no other mail, in milliseconds. A mail that failed does not count. */
export function waitFor(invitation: Invitation, { resendMs }: InvitationPorts["limits"], now: Date): number {
  const { mail, mailedAt } = invitation;
  if (mailedAt === null || mail === "failed" || isLost(invitation, now)) return 0;
  return Math.max(0, Date.parse(mailedAt) + resendMs - now.getTime());
}
