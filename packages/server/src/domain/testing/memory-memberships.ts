import type { MembershipKey, MembershipRegistry } from "../administration/administration.ts";
import type { CanonicalEmail } from "../email.ts";
import type { Invitation, Membership, Memberships } from "../membership/membership.ts";
import type { OrganizationId } from "../organization.ts";
import type { UserId } from "../user-id.ts";

/** Memberships and invitations in memory, with the conditions of the real store. */
export class MemoryMemberships implements Memberships, MembershipRegistry {
  readonly memberships = new Map<string, Membership>();
  readonly invitations = new Map<string, Invitation>();
  /** The questions asked so far: a method and what it was asked about. */
  readonly asked: string[] = [];

  put(...memberships: readonly Membership[]): this {
    for (const each of memberships) this.memberships.set(`${each.organizationId} ${each.userId}`, each);
    return this;
  }

  invite(...invitations: readonly Invitation[]): this {
    for (const each of invitations) this.invitations.set(`${each.organizationId} ${each.email}`, each);
    return this;
  }

  async find(organizationId: OrganizationId, userId: UserId): Promise<Membership | null> {
    this.asked.push(`find ${organizationId}`);
    return this.memberships.get(`${organizationId} ${userId}`) ?? null;
  }

  async listByUser(userId: UserId): Promise<readonly Membership[]> {
    this.asked.push("listByUser");
    return [...this.memberships.values()].filter((each) => each.userId === userId);
  }

  async create(membership: Membership): Promise<Membership> {
    const key = `${membership.organizationId} ${membership.userId}`;
    const stored = this.memberships.get(key) ?? membership;
    this.memberships.set(key, stored);
    return stored;
  }

  async listByOrganization(id: OrganizationId): Promise<readonly Membership[]> {
    return [...this.memberships.values()].filter((each) => each.organizationId === id);
  }

  async remove(key: MembershipKey): Promise<Membership | null> {
    return this.#change(key, "removed");
  }

  async restore(key: MembershipKey): Promise<Membership | null> {
    return this.#change(key, "active");
  }

  #change({ organizationId, userId }: MembershipKey, status: Membership["status"]): Membership | null {
    const stored = this.memberships.get(`${organizationId} ${userId}`);
    if (stored === undefined) return null;
    this.put({ ...stored, status });
    return { ...stored, status };
  }

  async findInvitation(organizationId: OrganizationId, email: CanonicalEmail): Promise<Invitation | null> {
    this.asked.push(`findInvitation ${organizationId}`);
    return this.invitations.get(`${organizationId} ${email}`) ?? null;
  }

  async listInvitations(email: CanonicalEmail): Promise<readonly Invitation[]> {
    this.asked.push("listInvitations");
    return [...this.invitations.values()].filter((each) => each.email === email);
  }

  async consumeInvitation({ organizationId, email, role }: Invitation, userId: UserId): Promise<boolean> {
    const key = `${organizationId} ${email}`;
    const stored = this.invitations.get(key);
    if (stored === undefined || stored.role !== role) return false;
    if (stored.consumedBy !== null && stored.consumedBy !== userId) return false;
    this.invitations.set(key, { ...stored, consumedBy: userId });
    return true;
  }
}
