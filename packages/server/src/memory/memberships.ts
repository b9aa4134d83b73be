import {
  type CanonicalEmail,
  type Invitation,
  type InvitationLedger,
  type InvitationRange,
  listPlaceOf,
  type MemberFilter,
  type MemberPlace,
  type Membership,
  type MembershipRegistry,
  type MemberWord,
  memberPlaces,
  memberPosition,
  memberWords,
  newRevision,
  type OrganizationId,
  type RecentRefusal,
  type RefusalStore,
  type Role,
  type UserId,
} from "../domain/index.ts";

/** Memberships and invitations in memory, with the conditions of the real store. */
export class MemoryMemberships implements MembershipRegistry {
  readonly memberships = new Map<string, Membership>();
  readonly invitations = new Map<string, Invitation>();
  readonly ledgers = new Map<OrganizationId, InvitationLedger>();
  /** By organization and slot. */
  readonly refused = new Map<string, RecentRefusal>();
  readonly refusals: RefusalStore = {
    list: async (id) => [...this.refused.values()].filter((each) => each.organizationId === id),
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

  async listPage(
    id: OrganizationId,
    { emailPrefix, role, status, after, limit }: MemberFilter & { after: string | null; limit: number },
  ): Promise<{ members: Membership[]; next: string | null }> {
    const listed = [...this.memberships.values()]
      .filter((each) => each.organizationId === id && (each.email ?? "").startsWith(emailPrefix))
      .filter((each) => (role ?? each.role) === each.role && (status ?? each.status) === each.status);
    const { items, next } = pageOf(listed, memberPosition, { after, limit });
    return { members: items, next };
  }

  async wordPage(
    id: OrganizationId,
    { word: beginning, after, limit }: { word: string; after: string | null; limit: number },
  ): Promise<{ words: MemberWord[]; next: string | null }> {
    const found = [...this.memberships.values()]
      .filter(({ organizationId }) => organizationId === id)
      .flatMap(memberWords)
      .filter(({ word }) => word.startsWith(beginning));
    const { items, next } = pageOf(found, ({ word, userId }) => `${word}#${userId}`, { after, limit });
    return { words: items, next };
  }

  async placePage(
    id: OrganizationId,
    {
      by,
      role,
      status,
      after,
      limit,
    }: Pick<MemberPlace, "by" | "role"> &
      Omit<MemberFilter, "emailPrefix"> & { after: string | null; limit: number },
  ): Promise<{ places: MemberPlace[]; next: string | null }> {
    const found = this.#withRole(id, role, status).flatMap(memberPlaces);
    const own = found.filter((each) => each.by === by);
    const { items, next } = pageOf(own, ({ position }) => position, { after, limit });
    return { places: items, next };
  }

  async count(
    id: OrganizationId,
    { role, status, limit }: { role: Role; status: Membership["status"] | null; limit: number },
  ): Promise<{ count: number; isAll: boolean }> {
    const { length } = this.#withRole(id, role, status);
    return { count: Math.min(length, limit), isAll: length <= limit };
  }

  #withRole(id: OrganizationId, role: Role, status: Membership["status"] | null): Membership[] {
    return [...this.memberships.values()].filter(
      (each) => each.organizationId === id && each.role === role && (status ?? each.status) === each.status,
    );
  }

  async findMany(id: OrganizationId, userIds: readonly UserId[]): Promise<Membership[]> {
    return userIds.flatMap((userId) => this.memberships.get(`${id} ${userId}`) ?? []);
  }

  async findInvitation(organizationId: OrganizationId, email: CanonicalEmail): Promise<Invitation | null> {
    this.asked.push(`findInvitation ${organizationId}`);
    return this.invitations.get(`${organizationId} ${email}`) ?? null;
  }

  async listInvitations(email: CanonicalEmail): Promise<readonly Invitation[]> {
    this.asked.push("listInvitations");
    return [...this.invitations.values()].filter((each) => each.email === email);
  }

  async findByAddress(id: OrganizationId, email: CanonicalEmail): Promise<Membership[]> {
    return [...this.memberships.values()].filter(
      (each) => each.organizationId === id && each.email === email,
    );
  }

  async invitationPage(
    id: OrganizationId,
    { range, after, limit }: { range: InvitationRange | null; after: string | null; limit: number },
  ): Promise<{ invitations: Invitation[]; next: string | null }> {
    const listed = [...this.invitations.values()]
      .filter(({ organizationId }) => organizationId === id)
      .map((invitation) => ({ invitation, ...listPlaceOf(invitation) }))
      .filter(({ list }) => range === null || range.list === list)
      .map((each) => ({ ...each, position: range === null ? each.invitation.email : each.position }))
      .filter(({ position }) => position >= (range?.from ?? "") && position <= (range?.to ?? position));
    const { items, next } = pageOf(listed, ({ position }) => position, { after, limit });
    return { invitations: items.map(({ invitation }) => invitation), next };
  }

  async findLedger(organizationId: OrganizationId): Promise<InvitationLedger> {
    const none = { open: {}, day: "", mails: 0, changes: 0, changedAt: null, rev: null };
    return this.ledgers.get(organizationId) ?? { organizationId, ...none };
  }

  async findLedgers(ids: readonly OrganizationId[]): Promise<readonly InvitationLedger[]> {
    return Promise.all(ids.map((id) => this.findLedger(id)));
  }

  async release(organizationId: OrganizationId, day: string): Promise<void> {
    const present = this.ledgers.get(organizationId);
    const count = present?.open[day] ?? 0;
    if (present === undefined || count === 0) return;
    const open = { ...present.open, [day]: count - 1 };
    this.ledgers.set(organizationId, { ...present, open, rev: newRevision() });
  }
}

/** Those behind a position, in the order of the positions. */
function pageOf<Item>(
  all: readonly Item[],
  positionOf: (item: Item) => string,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): { items: Item[]; next: string | null } {
  const placed = all.map((item) => ({ item, position: positionOf(item) }));
  const behind = placed
    .filter(({ position }) => after === null || position > after)
    .sort((a, b) => (a.position < b.position ? -1 : 1));
  const last = behind.length > limit ? behind[limit - 1] : undefined;
  return { items: behind.slice(0, limit).map(({ item }) => item), next: last?.position ?? null };
}
