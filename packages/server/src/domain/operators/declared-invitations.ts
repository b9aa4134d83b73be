import { batchesOf } from "../batches.ts";
import { domainOf } from "../email.ts";
import { isCurrent } from "../membership/invitation.ts";
import { replacing } from "../membership/invitation-ledger.ts";
import type { Invitation } from "../membership/memberships.ts";
import type { Membership } from "../membership.ts";
import { newRevision } from "../revision.ts";
import { isSame } from "../same.ts";
import { storing, transact } from "../transaction.ts";
import type { Stores } from "./administration.ts";
import type { DeclaredInvitation, DeclaredOrganization, OrganizationState } from "./organization-registry.ts";
import { type Comparison, type Make, type Making, makeBy, type Step } from "./organization-step.ts";

/** How many addresses are looked at concurrently. */
const AT_ONCE = 8;

/** Takes the operators' open invitations back that are not declared. What members have offered is theirs. */
export function withdrawnInvitations({ declared, stored, ports }: Comparison): Step[] {
  const { organization, invitations } = declared;
  const { id: organizationId } = organization;
  const invited = invitations?.map(({ email }) => email);
  const withdrawn = stored.invitations.filter(
    ({ email, consumedBy, ended, invitedBy }) =>
      consumedBy === null && ended === null && invitedBy === null && invited?.includes(email) === false,
  );
  const taken = { organizationId, takesAway: true, cutOff: null };
  return withdrawn.map((present) => ({
    ...taken,
    change: `invitation of ${present.email} withdrawn`,
    actions: [{ action: "invitation-revoked", invitationId: present.invitationId }],
    make: store(present, present, ports, (stored, at) => {
      return { ...(stored ?? present), ended: "revoked", endedBy: "file", endedAt: at, rev: newRevision() };
    }),
  }));
}

/** Offers what is declared and not open. */
export function declaredInvitations(comparison: Comparison): Step[] {
  const { declared, stored, ports } = comparison;
  const { organization, domains } = declared;
  const { id: organizationId } = organization;
  const own = [...stored.domains.map(({ domain }) => domain), ...domains];
  const given = { organizationId, takesAway: false, cutOff: null };
  return newInvitations(comparison).map(({ email, role }) => {
    const present = stored.invitations.find((invitation) => invitation.email === email) ?? null;
    const invitationId = present?.invitationId ?? crypto.randomUUID();
    return {
      ...given,
      change: `${email} invited as ${role}`,
      actions: [{ action: "invitation-sent", invitationId, after: { role } }],
      make: store({ organizationId, email }, present, ports, (_, at) => ({
        organizationId,
        email,
        role,
        invitationId,
        invitedBy: null,
        counted: false,
        createdAt: at,
        consumedBy: null,
        ended: null,
        endedBy: null,
        endedAt: null,
        declared: true,
        mail: "none",
        rev: newRevision(),
        fromOutside: present?.fromOutside ?? !own.includes(domainOf(email)),
        expiresAt: new Date(Date.parse(at) + ports.limits.ttlMs).toISOString(),
        mailedAt: present?.mailedAt ?? null,
      })),
    };
  });
}

/** What is declared although it was accepted, or ended by others, before any file has offered it. */
export function namedInvitations({ declared, stored }: Comparison): Invitation[] {
  const emails = new Set(declared.invitations?.map(({ email }) => email));
  return stored.invitations.filter(
    (each) =>
      emails.has(each.email) && !each.declared && (each.consumedBy !== null || each.endedBy === "others"),
  );
}

/** Marks it as declared, so that it stays stored and is never offered again. It changes nothing that anybody sees. */
export async function keepDeclared(
  { organizationId, email }: Pick<Invitation, "organizationId" | "email">,
  { memberships, transactions }: Stores,
  signal: AbortSignal,
): Promise<void> {
  const read = () => memberships.findInvitation(organizationId, email, signal);
  const decide = (present: Invitation | null) => {
    if (present === null || present.declared) return { changes: null, result: null };
    const next = { ...present, declared: true, rev: newRevision() };
    return storing([{ item: "invitation", next, present }], [], null);
  };
  await transact({ read, decide }, transactions, signal);
}

/** Nothing is changed where more than the outcome of a mail has changed since the plan. */
function store(
  { organizationId, email }: Pick<Invitation, "organizationId" | "email">,
  planned: Invitation | null,
  ports: Stores,
  change: (stored: Invitation | null, at: string) => Invitation,
): Make {
  const read = (signal: AbortSignal) =>
    Promise.all([
      ports.memberships.findInvitation(organizationId, email, signal),
      ports.memberships.findLedger(organizationId, signal),
    ]);
  const decide = ([present, ledger]: Awaited<ReturnType<typeof read>>, { at, audit }: Making) => {
    if (!isSame(withoutMail(present), withoutMail(planned))) return { changes: null, result: false };
    const replaced = [{ next: change(present, at), present, audit, isMailed: false }];
    return { changes: replacing(replaced, ledger, new Date(at)), result: true };
  };
  return makeBy(read, decide, ports);
}

/** The outcome of a mail comes some time after it, with a new revision. */
function withoutMail(invitation: Invitation | null): object | null {
  return invitation === null ? null : { ...invitation, mail: null, rev: null };
}

/**
 * Invitations to send, or to send again because the role differs or the last one has expired. An accepted one is never
 * sent again, nor one that people of the organization have ended.
 */
export function newInvitations(comparison: Comparison): DeclaredInvitation[] {
  const { declared, stored, now } = comparison;
  const haveAccepted = new Set(membersOnceInvited(comparison).map(({ email }) => email));
  return notOpen(declared, stored, now).filter(({ email }) => !haveAccepted.has(email));
}

/** Those whose accepted invitation is deleted by now: the membership says that there was one. */
export function membersOnceInvited({ stored, members }: Comparison): readonly Membership[] {
  const invited = new Set(stored.invitations.map(({ email }) => email));
  return members.filter(
    ({ origin, email }) => origin === "invitation" && email !== null && !invited.has(email),
  );
}

/** The memberships at the addresses that would be invited. */
export async function membersToInvite(
  declared: DeclaredOrganization,
  stored: OrganizationState,
  { memberships, now }: Stores,
  signal: AbortSignal,
): Promise<readonly Membership[]> {
  if (stored.organization === null) return [];
  const { id } = stored.organization;
  const found: Membership[] = [];
  for (const some of batchesOf(notOpen(declared, stored, now()), AT_ONCE)) {
    const atEach = some.map(({ email }) => memberships.findByAddress(id, email, signal));
    found.push(...(await Promise.all(atEach)).flat());
  }
  return found;
}

/** Those that may be offered by what is stored of invitations. */
function notOpen(
  { invitations: declared }: DeclaredOrganization,
  { invitations }: OrganizationState,
  now: Date,
): DeclaredInvitation[] {
  return (declared ?? []).filter(({ email, role }) => {
    const present = invitations.find((invitation) => invitation.email === email);
    if (present === undefined) return true;
    const { consumedBy, endedBy } = present;
    if (consumedBy !== null || endedBy === "others") return false;
    return present.role !== role || !isCurrent(present, now.toISOString());
  });
}
