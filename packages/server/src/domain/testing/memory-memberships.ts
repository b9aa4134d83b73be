import type { MemberFilter, MembershipRegistry } from "../administration/administration.ts";
import type { CanonicalEmail } from "../email.ts";
import type {
  Invitation,
  InvitationLedgerStore,
  Membership,
  Memberships,
  MembershipWrites,
  Owners,
  OwnersStore,
  StoredInvitationLedger,
} from "../membership/membership.ts";
import type { OrganizationId } from "../organization.ts";
import { newRevision } from "../revision.ts";
import type { UserId } from "../user-id.ts";

/** Memberships and invitations in memory, with the conditions of the real store. */
export class MemoryMemberships implements Memberships, MembershipRegistry, MembershipWrites {
  readonly memberships = new Map<string, Membership>();
  readonly invitations = new Map<string, Invitation>();
  readonly ledgers = new Map<OrganizationId, StoredInvitationLedger>();
  readonly ledger: InvitationLedgerStore = {
    find: async (organizationId) =>
      this.ledgers.get(organizationId) ?? { organizationId, open: {}, day: "", mails: 0, rev: null },
  };
  readonly listed = new Map<OrganizationId, Owners>();
  readonly owners: OwnersStore = {
    find: async (organizationId) =>
      this.listed.get(organizationId) ?? { organizationId, userIds: [], rev: null },
    replace: async (next, present) => {
      const stored = this.listed.get(next.organizationId)?.rev ?? null;
      if (stored !== present && stored !== next.rev) return false;
      this.listed.set(next.organizationId, next);
      return true;
    },
  };
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

  async listPage(
    id: OrganizationId,
    { emailPrefix, role, status, after, limit }: MemberFilter & { after: string | null; limit: number },
  ): Promise<{ members: Membership[]; next: string | null }> {
    const keyOf = (each: Membership) => `${each.status}#${each.email}#${each.userId}`;
    const listed = [...this.memberships.values()]
      .filter((each) => each.organizationId === id && each.email.startsWith(emailPrefix))
      .filter((each) => (role ?? each.role) === each.role && (status ?? each.status) === each.status)
      .filter((each) => after === null || keyOf(each) > after)
      .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    const members = listed.slice(0, limit);
    const last = listed.length > limit ? members.at(-1) : undefined;
    return { members, next: last === undefined ? null : keyOf(last) };
  }

  async findMany(id: OrganizationId, userIds: readonly UserId[]): Promise<Membership[]> {
    return userIds.flatMap((userId) => this.memberships.get(`${id} ${userId}`) ?? []);
  }

  async replace(next: Membership, present: Membership): Promise<boolean> {
    const key = `${next.organizationId} ${next.userId}`;
    const stored = this.memberships.get(key);
    if (stored?.rev !== present.rev && stored?.rev !== next.rev) return false;
    this.memberships.set(key, next);
    return true;
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
    if (stored === undefined || stored.role !== role || stored.ended !== null) return false;
    if (stored.consumedBy !== null && stored.consumedBy !== userId) return false;
    this.invitations.set(key, { ...stored, consumedBy: userId, rev: newRevision() });
    return true;
  }

  async findByAddress(id: OrganizationId, email: CanonicalEmail): Promise<Membership[]> {
    return [...this.memberships.values()].filter(
      (each) => each.organizationId === id && each.email === email,
    );
  }

  async invitationPage(
    id: OrganizationId,
    { after, limit }: { after: string | null; limit: number },
  ): Promise<{ invitations: Invitation[]; next: string | null }> {
    const listed = [...this.invitations.values()]
      .filter(({ organizationId, email }) => organizationId === id && (after === null || email > after))
      .sort((a, b) => (a.email < b.email ? -1 : 1));
    const invitations = listed.slice(0, limit);
    return { invitations, next: listed.length > limit ? (invitations.at(-1)?.email ?? null) : null };
  }
}
