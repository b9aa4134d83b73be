import type { Role } from "../../wire/index.ts";
import { batchesOf } from "../batches.ts";
import type { CanonicalEmail } from "../email.ts";
import { ended, type Replacement } from "../membership/invitation.ts";
import { replacing } from "../membership/invitation-ledger.ts";
import type { Invitation, InvitationLedger } from "../membership/memberships.ts";
import { type Administrator, inBatch, mayGrant } from "../membership/standing.ts";
import { isClosed } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import { type Decision, transact } from "../transaction.ts";
import {
  distinct,
  type Given,
  type Invited,
  type Looked,
  look,
  mailedInviter,
  postMails,
  renewed,
  waitFor,
} from "./offer.ts";
import type { InvitationPorts } from "./outbox.ts";
import { type InvitationView, viewOfInvitation } from "./view.ts";

/** How many addresses are looked at concurrently. */
const AT_ONCE = 8;
/**
 * Addresses of one transaction, which DynamoDB limits to 100 items with its notice: an invitation and its entry each, the
 * counts, and what the caller relies on.
 */
const TOGETHER = 40;

/** What is stored of the addresses of a call, and of the organization's invitations. */
interface Ground {
  readonly found: readonly Looked[];
  readonly ledger: InvitationLedger;
}

/**
 * Invites addresses, in their order, each once. An address that is invited already is invited again.
 * @throws {Refusal} ROLE_REQUIRED for a role above one's own, also in an invitation that this one would replace, and for
 * addresses from outside while SSO is enforced, unless an owner invites; LIMIT_REACHED; RATE_LIMITED
 */
export async function invite(
  inviting: Administrator,
  { emails, role }: { emails: readonly string[]; role: Role },
  ports: InvitationPorts,
  signal: AbortSignal,
): Promise<Invited[]> {
  const given = distinct(emails);
  const administrator = inBatch(inviting, given.length);
  const { organization } = administrator;
  if (!mayGrant(administrator, role)) throw new Refusal("ROLE_REQUIRED", "the role is above one's own");
  if (isClosed(organization, ports)) {
    const hint = "the organization is closed: reopen it first";
    throw new Refusal("NOT_READY", "the organization is closed", { hint });
  }
  const lookAt = async (addresses: readonly Given[]) => {
    const looked: Looked[] = [];
    for (const some of batchesOf(addresses, AT_ONCE))
      looked.push(...(await Promise.all(some.map((each) => look(administrator, each, ports, signal)))));
    return looked;
  };
  const countsNow = () => ports.memberships.findLedger(organization.id, signal);
  const decide = (ground: Ground) => offersOf(administrator, { ...ground, role }, ports);
  const [all, inviter] = await Promise.all([lookAt(given), mailedInviter(administrator, ports, signal)]);
  if (all.length > TOGETHER) decide({ found: all, ledger: await countsNow() }); // all of them, or none
  const invited: Invited[] = [];
  for (const some of batchesOf(all, TOGETHER)) {
    const read = async (attempt: number) => {
      return { found: attempt === 0 ? some : await lookAt(some), ledger: await countsNow() };
    };
    const { found, offers } = await transact({ read, decide }, ports.transactions, signal);
    postMails(administrator, offers, inviter, ports);
    invited.push(...found.map(({ given, outcome }) => ({ email: given, outcome })));
  }
  return invited;
}

function offersOf(
  administrator: Administrator,
  { found, ledger, role }: Ground & { readonly role: Role },
  ports: InvitationPorts,
): Decision<Pick<Ground, "found"> & { readonly offers: readonly Replacement[] }> {
  const now = ports.now();
  if (found.some(({ outside }) => outside)) requireRightToInviteOutside(administrator);
  const isAbove = ({ present, outcome }: Looked) =>
    outcome === "renewed" && present !== null && !mayGrant(administrator, present.role);
  if (found.some(isAbove)) {
    const hint = "an address is invited already, with a role above your own";
    throw new Refusal("ROLE_REQUIRED", "an invitation above one's own role", { hint });
  }
  const offers = found.flatMap((each) => {
    const { email, outcome } = each;
    const isOffered = outcome === "invited" || outcome === "renewed";
    return email === null || !isOffered ? [] : [renewed(administrator, { ...each, email }, role, ports, now)];
  });
  return { changes: replacing(offers, ledger, now), result: { found, offers } };
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
  ports: InvitationPorts,
  signal: AbortSignal,
): Promise<InvitationView> {
  if (email === null) throw notInvited();
  const read = () =>
    Promise.all([
      look(administrator, { given: email, email }, ports, signal),
      ports.memberships.findLedger(administrator.organization.id, signal),
      mailedInviter(administrator, ports, signal),
    ]);
  const decide = ([looked, ledger, inviter]: Awaited<ReturnType<typeof read>>) => {
    const now = ports.now();
    const present = requireResendable(administrator, looked, ports, now);
    const again = { ...looked, email, outcome: "renewed" } as const;
    const offer = renewed(administrator, again, present.role, ports, now);
    return { changes: replacing([offer], ledger, now), result: { offer, inviter } };
  };
  const { offer, inviter } = await transact({ read, decide }, ports.transactions, signal);
  postMails(administrator, [offer], inviter, ports);
  return viewOfInvitation(offer.next, "open", ports.now());
}

/** @throws {Refusal} as {@link resendInvitation} */
function requireResendable(
  administrator: Administrator,
  { present: found, outcome, outside }: Looked,
  { outbox, limits }: InvitationPorts,
  now: Date,
): Invitation {
  const present = requireInvited(administrator, found);
  if (present.ended === "revoked" || present.ended === "declined")
    throw conflict(`the invitation was ${present.ended}; invite again`);
  if (outcome === "already-member") throw conflict("the person is a member already");
  if (outcome === "removed") throw conflict("the person was removed; restore them instead");
  if (outside) requireRightToInviteOutside(administrator);
  const waitMs = outbox === null ? 0 : waitFor(present, limits, now);
  if (waitMs > 0) {
    const retryAfterSeconds = Math.ceil(waitMs / 1_000);
    const hint = "this address was mailed a moment ago";
    throw new Refusal("RATE_LIMITED", "mailed a moment ago", { retryAfterSeconds, hint });
  }
  return present;
}

/**
 * Withdraws an invitation.
 * @throws {Refusal} NOT_FOUND; ROLE_REQUIRED for a role above one's own; CONFLICT for one that was accepted
 */
export async function revokeInvitation(
  administrator: Administrator,
  email: CanonicalEmail | null,
  ports: InvitationPorts,
  signal: AbortSignal,
): Promise<InvitationView> {
  if (email === null) throw notInvited();
  const { organization, actor, via, batchId } = administrator;
  const read = () =>
    Promise.all([
      ports.memberships.findInvitation(organization.id, email, signal),
      ports.memberships.findLedger(organization.id, signal),
    ]);
  const decide = ([found, ledger]: Awaited<ReturnType<typeof read>>) => {
    const now = ports.now();
    const present = requireInvited(administrator, found);
    if (present.ended === "revoked")
      return { changes: null, result: viewOfInvitation(present, "revoked", now) };
    const by = { at: now.toISOString(), actor, via, batchId, action: "invitation-revoked" } as const;
    const revoked = ended(present, { ended: "revoked", endedBy: "others" }, by);
    const result = viewOfInvitation(revoked.next, "revoked", now);
    return { changes: replacing([revoked], ledger, now), result };
  };
  return transact({ read, decide }, ports.transactions, signal);
}

/** @throws {Refusal} NOT_FOUND for none; ROLE_REQUIRED for a role above one's own; CONFLICT for one that was accepted */
function requireInvited(administrator: Administrator, invitation: Invitation | null): Invitation {
  if (invitation === null) throw notInvited();
  if (!mayGrant(administrator, invitation.role))
    throw new Refusal("ROLE_REQUIRED", "the role is above one's own");
  if (invitation.consumedBy !== null) throw conflict("the invitation was accepted");
  return invitation;
}

function notInvited(): Refusal {
  return new Refusal("NOT_FOUND", "the address is not invited");
}

function conflict(hint: string): Refusal {
  return new Refusal("CONFLICT", "the invitation is not in the expected state", { hint });
}
