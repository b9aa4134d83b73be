import type { BlockedUsers, IdentityRegistry } from "../administration/administration.ts";
import type { OrganizationAudit } from "../administration/organization-audit.ts";
import type { AuditEntry, RequestAudit } from "../audit.ts";
import type { Block, HeldSeat, IdentityLink, Seat, SubjectKey } from "../identity/identity-link.ts";
import type { RelinkWindow, RelinkWindows } from "../identity/relink-window.ts";
import type { TakenSeats } from "../identity/seat.ts";
import { noSpeakers, type SpeakersStore, type StoredSpeakers } from "../identity/speakers.ts";
import type { UserId } from "../user-id.ts";

class Blocks extends Map<UserId, Block> {
  add(userId: UserId): void {
    this.set(userId, { userId, blockedAt: "2026-11-24T00:00:00.000Z", rev: "0" });
  }
}

/** Links, seats, windows, speakers and audit in memory: each write one step, with the conditions of the real store. */
export class MemoryIdentities implements IdentityRegistry, RequestAudit {
  readonly links = new Map<string, IdentityLink>();
  readonly seats = new Map<string, HeldSeat>();
  readonly opened = new Map<string, RelinkWindow>();
  readonly windows: RelinkWindows = { find: async (connection) => this.opened.get(connection) ?? null };
  readonly #taken = new Map<string, UserId>();
  readonly takenSeats: TakenSeats = {
    find: (mailbox) => this.#taken.get(JSON.stringify(mailbox)) ?? null,
    add: (mailbox, userId) => this.#taken.set(JSON.stringify(mailbox), userId),
  };
  readonly spoken = new Map<UserId, StoredSpeakers>();
  readonly speakers: SpeakersStore = {
    find: async (userId) => {
      this.#live();
      return this.spoken.get(userId) ?? noSpeakers(userId);
    },
    replace: async (next, present) => {
      const stored = this.spoken.get(next.userId)?.rev ?? null;
      if (stored === next.rev) return true;
      if (stored !== present.rev) return false;
      this.#write(() => this.spoken.set(next.userId, next));
      return true;
    },
  };
  readonly organizationAudit: OrganizationAudit = { readMonth: async () => ({ entries: [], last: null }) };
  readonly entries: AuditEntry[] = [];
  readonly doubted: AuditEntry[] = [];
  readonly blocked = new Blocks();
  readonly blockedUsers: BlockedUsers = { find: async (userId) => this.blocked.get(userId) ?? null };
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
    return this.links.get(keyOf(key)) ?? null;
  }

  async create(link: IdentityLink): Promise<IdentityLink> {
    const stored = this.links.get(keyOf(link));
    if (stored !== undefined) return stored;
    this.#write(() => this.links.set(keyOf(link), link));
    const { connection, userId } = link;
    const linked = [...this.links.values()].filter(
      (each) => each.connection === connection && each.userId === userId,
    );
    this.mostLinked = Math.max(this.mostLinked, linked.length);
    return link;
  }

  async remove({ tenant, subject, userId, connection }: Seat & SubjectKey): Promise<boolean> {
    const key = keyOf({ tenant, subject });
    const stored = this.links.get(key);
    if (stored === undefined) return true;
    if (stored.userId !== userId || stored.connection !== connection) return false;
    this.#write(() => this.links.delete(key));
    return true;
  }

  async takeSeat({ tenant, connection, userId }: Seat, subject: string): Promise<HeldSeat> {
    const wanted = { tenant, connection, userId, subject, formerSubject: null, takenOverAt: null };
    const held = this.seats.get(seatKeyOf(wanted));
    if (held !== undefined) return held;
    this.#write(() => this.seats.set(seatKeyOf(wanted), wanted));
    return wanted;
  }

  async takeOverSeat(held: HeldSeat, by: Pick<HeldSeat, "subject" | "takenOverAt">): Promise<HeldSeat> {
    const present = this.seats.get(seatKeyOf(held));
    if (present === undefined) return this.takeSeat(held, by.subject);
    if (present.subject !== held.subject) return present;
    const taken = { ...present, ...by, formerSubject: held.subject };
    this.#write(() => this.seats.set(seatKeyOf(held), taken));
    return taken;
  }

  async releaseSeat(seat: Seat, subject: string): Promise<void> {
    if (this.seats.get(seatKeyOf(seat))?.subject !== subject) return;
    this.#write(() => this.seats.delete(seatKeyOf(seat)));
  }

  async isBlocked(userId: UserId): Promise<boolean> {
    this.#live();
    return this.blocked.has(userId);
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

  doubt(entry: AuditEntry): void {
    this.doubted.push(entry);
  }

  async append(entry: AuditEntry): Promise<void> {
    const content = JSON.stringify(entry);
    if (this.entries.some((each) => JSON.stringify(each) === content)) return;
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

function keyOf({ tenant, subject }: SubjectKey): string {
  return JSON.stringify([tenant, subject]);
}

function seatKeyOf({ tenant, connection, userId }: Seat): string {
  return JSON.stringify([tenant, connection, userId]);
}
