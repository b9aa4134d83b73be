import type { Identity } from "../identity/resolve-identity.ts";
import type { Membership } from "../membership.ts";
import { transact } from "../transaction.ts";
import type { UserId } from "../user-id.ts";
import { accepted, ended, isCurrent } from "./invitation.ts";
import { releaseInvitation } from "./invitation-ledger.ts";
import type { Invitation, MembershipPorts } from "./memberships.ts";

/**
 * An invitation never changes a membership: a member's counts as accepted, that of a removed person is void.
 * @param seen an invitation of an address that the login proves by what is stored, and the membership of its user
 * @returns who has accepted it
 */
export async function settleInvitation(
  seen: { readonly invitation: Invitation; readonly stored: Membership },
  identity: Identity,
  ports: MembershipPorts,
  signal: AbortSignal,
): Promise<UserId | null> {
  const { organizationId, email } = seen.invitation;
  const read = async (attempt: number) => {
    if (attempt === 0) return seen;
    const [invitation, stored] = await Promise.all([
      ports.memberships.findInvitation(organizationId, email, signal),
      ports.storedMemberships.find(organizationId, identity.userId, signal),
    ]);
    return { invitation: invitation ?? seen.invitation, stored: stored ?? seen.stored }; // neither is deleted so early
  };
  const decide = ({ invitation: before, stored }: typeof seen) => {
    const at = ports.now().toISOString();
    const isSettled = !isCurrent(before, at) || stored.leftAt !== null;
    if (isSettled) return { changes: null, result: { before, after: before } };
    const voided = { at, actor: "system", action: "invitation-voided" } as const;
    const { next: after, audit } =
      stored.status === "active"
        ? accepted(before, identity, at)
        : ended(before, { ended: "void", endedBy: "others" }, voided);
    const writes = [{ item: "invitation", next: after, present: before } as const];
    const unchanged = [{ item: "membership", present: stored } as const];
    return { changes: { writes, unchanged, audit }, result: { before, after } };
  };
  const { before, after } = await transact({ read, decide }, ports.transactions, signal);
  if (after !== before) await releaseInvitation(before, ports, signal);
  return after.consumedBy;
}
