import {
  type Audit,
  type AuditEntry,
  type Block,
  type EndedSession,
  type HeldSeat,
  type IdentityLink,
  type IdentityRegistry,
  isOnSeat,
  isSameSubject,
  type KnownSubject,
  type KnownUser,
  type LoginId,
  loginIdOf,
  noSpeakers,
  type OrganizationAudit,
  type RelinkWindow,
  type RelinkWindows,
  type Seat,
  type SessionKey,
  type SignOut,
  type Speakers,
  type SpeakersStore,
  type StoredLinks,
  type SubjectFacts,
  type SubjectKey,
  type TakenSeats,
  type UserId,
} from "../domain/index.ts";
import { memoryOrganizationAudit } from "./organization-audit.ts";

class Blocks extends Map<UserId, Block> {
  add(userId: UserId): void {
    this.set(userId, { userId, blockedAt: "2026-11-24T00:00:00.000Z", rev: "0" });
  }
}

/** Links, seats, windows, speakers and audit in memory: each write one step, with the conditions of the real store. */
export class MemoryIdentities implements IdentityRegistry, Audit {
  readonly links = new Map<LoginId, IdentityLink>();
  readonly seats = new Map<string, HeldSeat>();
  readonly opened = new Map<string, RelinkWindow>();
  readonly windows: RelinkWindows = { find: async (connection) => this.opened.get(connection) ?? null };
  readonly #taken = new Map<string, UserId>();
  readonly takenSeats: TakenSeats = {
    find: (mailbox) => this.#taken.get(JSON.stringify(mailbox)) ?? null,
    add: (mailbox, userId) => this.#taken.set(JSON.stringify(mailbox), userId),
  };
  readonly spoken = new Map<UserId, Speakers>();
  readonly speakers: SpeakersStore = {
    find: async (userId) => {
      this.#live();
      return this.spoken.get(userId) ?? noSpeakers(userId);
    },
  };
  readonly facts = new Map<LoginId, SubjectFacts>();
  readonly sessions = new Map<string, EndedSession>();
  readonly signOuts = new Map<UserId, SignOut>();
  storeNow = () => new Date();
  readonly entries: AuditEntry[] = [];
  readonly organizationAudit: OrganizationAudit = memoryOrganizationAudit(this.entries);
  readonly blocked = new Blocks();
  /** Whether listings lag behind, as an index may. */
  lagging = false;
  /** The most subjects that have ever been linked to one user by one connection at the same time. */
  mostLinked = 0;
  #writesLeft = Number.POSITIVE_INFINITY;

  /** The process dies after so many more writes: whatever it asks then fails. */
  crashAfter(writes: number): void {
    this.#writesLeft = writes;
  }

  recover(): void {
    this.#writesLeft = Number.POSITIVE_INFINITY;
  }

  linkedTo(userId: UserId): string[] {
    return [...this.links.values()].filter((link) => link.userId === userId).map(({ subject }) => subject);
  }

  async find(key: SubjectKey): Promise<IdentityLink | null> {
    this.#live();
    return this.links.get(loginIdOf(key)) ?? null;
  }

  /** Stores a link, whatever is stored of its subject. */
  async create(link: IdentityLink): Promise<IdentityLink> {
    this.#write(() => this.put(link));
    return link;
  }

  /** Stores a seat, whatever is stored of it. */
  async takeSeat({ tenant, connection, userId }: Seat, subject: string): Promise<HeldSeat> {
    const held = { tenant, connection, userId, subject, rev: "0" };
    this.#write(() => this.seats.set(seatKeyOf(held), held));
    return held;
  }

  put(link: IdentityLink): void {
    this.links.set(loginIdOf(link), link);
    const linked = [...this.links.values()].filter((each) => isOnSeat(each, link));
    this.mostLinked = Math.max(this.mostLinked, linked.length);
  }

  async isBlocked(userId: UserId): Promise<boolean> {
    this.#live();
    return this.blocked.has(userId);
  }

  async findFacts(key: SubjectKey): Promise<SubjectFacts | null> {
    this.#live();
    return this.facts.get(loginIdOf(key)) ?? null;
  }

  async findSubject(key: SubjectKey): Promise<KnownSubject> {
    return { link: await this.find(key), facts: await this.findFacts(key) };
  }

  async findLogin(loginId: LoginId): Promise<KnownSubject> {
    this.#live();
    return { link: this.links.get(loginId) ?? null, facts: this.facts.get(loginId) ?? null };
  }

  async findSignOut(userId: UserId): Promise<SignOut | null> {
    this.#live();
    return this.signOuts.get(userId) ?? null;
  }

  async findUser(userId: UserId): Promise<KnownUser> {
    return { isBlocked: await this.isBlocked(userId), signOut: await this.findSignOut(userId) };
  }

  async findSession(key: SessionKey): Promise<EndedSession | null> {
    this.#live();
    return this.sessions.get(sessionKeyOf(key)) ?? null;
  }

  async listSessions(key: SubjectKey): Promise<readonly EndedSession[]> {
    return [...this.sessions.values()].filter((session) => isSameSubject(session, key));
  }

  async findBlock(userId: UserId): Promise<Block | null> {
    return this.blocked.get(userId) ?? null;
  }

  async findSeat(seat: Seat): Promise<HeldSeat | null> {
    this.#live();
    return this.seats.get(seatKeyOf(seat)) ?? null;
  }

  async listByUser(userId: UserId): Promise<readonly IdentityLink[]> {
    this.#live();
    return this.lagging ? [] : [...this.links.values()].filter((link) => link.userId === userId);
  }

  async listSeats({ tenant, subject }: SubjectKey): Promise<readonly HeldSeat[]> {
    this.#live();
    if (this.lagging) return [];
    return [...this.seats.values()].filter((seat) => seat.tenant === tenant && seat.subject === subject);
  }

  async append(entry: AuditEntry): Promise<void> {
    this.#write(() => this.entries.push(entry));
  }

  /** Several items in one write. */
  transaction(change: () => void): void {
    this.#write(change);
  }

  #live(): void {
    if (this.#writesLeft <= 0) throw new Error("crashed");
  }

  #write(change: () => void): void {
    this.#live();
    this.#writesLeft -= 1;
    change();
  }
}

/** Its methods as its own: tests replace one. */
export function linksOf(identities: MemoryIdentities): {
  -readonly [Question in keyof StoredLinks]: StoredLinks[Question];
} {
  return {
    find: (key) => identities.find(key),
    findSubject: (key) => identities.findSubject(key),
    findLogin: (loginId) => identities.findLogin(loginId),
    findFacts: (key) => identities.findFacts(key),
    findSession: (key) => identities.findSession(key),
    listSessions: (key) => identities.listSessions(key),
    isBlocked: (userId) => identities.isBlocked(userId),
    findUser: (userId) => identities.findUser(userId),
    findSignOut: (userId) => identities.findSignOut(userId),
    findSeat: (seat) => identities.findSeat(seat),
    storeNow: () => identities.storeNow(),
  };
}

export function sessionKeyOf({ tenant, subject, sid }: SessionKey): string {
  return JSON.stringify([tenant, subject, sid]);
}

export function seatKeyOf({ tenant, connection, userId }: Seat): string {
  return JSON.stringify([tenant, connection, userId]);
}
