import type { CanonicalEmail } from "../email.ts";
import type { Membership } from "../membership.ts";
import type { OrganizationId } from "../organization.ts";
import type { PersonName } from "../person-name.ts";
import { stateOf } from "./invitation.ts";
import type { Invitation, MembershipPorts } from "./memberships.ts";
import { mayBeInvited } from "./open-offer.ts";

/** An invitation of the user's own address that cannot be accepted any more: its mail still leads somewhere. */
export interface PastInvitation {
  readonly organizationId: OrganizationId;
  readonly state: "expired" | "void" | "revoked" | "declined";
  /** When it ended; of one that is void by its inviter, when it was sent. ISO 8601, UTC. */
  readonly since: string;
  /** The member who invited; null for an operator, and for a former member: nobody outside learns who has gone. */
  readonly inviter: CanonicalEmail | null;
  readonly inviterName: PersonName | null;
}

/** More would be of no use: the page that shows one speaks of the newest. */
const MOST = 3;

/**
 * Those that have ended since the user last joined an organization, newest first, and none to an organization that they
 * belong to or were removed from. So most people cost no request.
 * @param offers of an address that the login proves; none that waits for the user
 * @param memberships the user's, after everything that could be accepted was
 */
export async function pastInvitations(
  offers: readonly Invitation[],
  memberships: ReadonlyMap<OrganizationId, Membership>,
  ports: Pick<MembershipPorts, "memberships" | "now">,
  signal: AbortSignal,
): Promise<PastInvitation[]> {
  const now = ports.now().toISOString();
  const joined = [...memberships.values()].filter(({ status }) => status === "active");
  const newest = offers
    .filter(
      (each) => each.consumedBy === null && mayBeInvited(memberships.get(each.organizationId) ?? null, each),
    )
    .map((invitation) => ({ invitation, since: endOf(invitation, now) }))
    .filter(({ since }) => joined.every(({ createdAt }) => createdAt <= since))
    .sort((one, other) => (one.since < other.since ? 1 : -1))
    .slice(0, MOST);
  const past = newest.map(async ({ invitation, since }) => {
    const { organizationId, invitedBy } = invitation;
    const inviter =
      invitedBy === null ? null : await ports.memberships.find(organizationId, invitedBy, signal);
    const state = stateOf(invitation, { now, inviter });
    if (state === "open" || state === "accepted") return null; // open for another kind of login
    // Of one that is void, this would tell what has become of them.
    const named = state !== "void" && inviter?.status === "active" ? inviter : null;
    return {
      organizationId,
      state,
      since,
      inviter: named?.email ?? null,
      inviterName: named?.name ?? null,
    };
  });
  return (await Promise.all(past)).filter((each) => each !== null);
}

function endOf({ endedAt, expiresAt, createdAt }: Invitation, now: string): string {
  return endedAt ?? (expiresAt > now ? createdAt : expiresAt);
}
