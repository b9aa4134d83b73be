import type { Membership } from "../membership/membership.ts";
import type { OrganizationId } from "../organization.ts";
import type { UserId } from "../user-id.ts";

/** Which membership an operator means. */
export interface MembershipKey {
  readonly organizationId: OrganizationId;
  readonly userId: UserId;
}

/** What operators do to members. Every method throws {@link Refusal} STORE_UNAVAILABLE without a usable answer. */
export interface MembershipRegistry {
  /** Every membership, removed ones included; what was written within the last second may be missing. */
  listByOrganization(id: OrganizationId, signal: AbortSignal): Promise<readonly Membership[]>;
  /** Answers with the membership, now removed; null when there has never been one. `removedAt`: ISO 8601, UTC. */
  remove(key: MembershipKey, removedAt: string, signal: AbortSignal): Promise<Membership | null>;
  /** Answers with the membership, now active with the role it had; null when there is none. */
  restore(key: MembershipKey, signal: AbortSignal): Promise<Membership | null>;
}
