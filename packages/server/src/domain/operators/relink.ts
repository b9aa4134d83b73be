import { type AuditEntry, auditEntry } from "../audit.ts";
import {
  type HeldSeat,
  type IdentityLink,
  type IdentityRegistry,
  isOnSeat,
  type Seat,
} from "../identity/identity-link.ts";
import { speakersUnchanged } from "../identity/speakers.ts";
import { type Connection, enabledOf } from "../organization.ts";
import { Refusal, Unknown } from "../refusal.ts";
import { newRevision } from "../revision.ts";
import { isSame } from "../same.ts";
import { isSameSubject, type SubjectKey } from "../subject-key.ts";
import { type Changes, transact, type Write } from "../transaction.ts";
import type { Administration } from "./administration.ts";
import { type AllowanceGround, allowanceChanges, readAllowance } from "./allow.ts";
import { requireKnownUser, SubjectNotLinked } from "./user-overview.ts";

/** What a relink will do, for the operator to agree to. */
export interface Relink {
  readonly seat: Seat;
  readonly subject: string;
  /** Null if it is not registered, for example a password connection. */
  readonly connection: Connection | null;
  /** The present holder; null if the seat is free. */
  readonly holder: HeldSeat | null;
  /** Links of other subjects to the user by this connection. They are removed. */
  readonly replaced: readonly IdentityLink[];
  /** The subject's own link; null if it has none. */
  readonly own: IdentityLink | null;
  /** The own link, if it is a different one or older than a move of the connection. It is removed. */
  readonly moved: IdentityLink | null;
  /** The other seats of the subject. They are released. */
  readonly released: readonly HeldSeat[];
  /** Since when the user is erased, who comes back by this; null for a user who is not. */
  readonly erasedAt: string | null;
  /** True if the subject is already linked so, and no other subject by this connection. */
  readonly done: boolean;
}

/** What an unlink will remove. */
export interface Unlink {
  readonly key: SubjectKey;
  /** Null where only a seat is left over, for example from a backup. */
  readonly link: IdentityLink | null;
  readonly seat: Seat;
  readonly released: readonly HeldSeat[];
}

/**
 * Reads everything that a relink depends on; changes nothing.
 * @throws {Unknown} the user, or the connection when it is not registered and no subject holds the seat
 */
export async function planRelinkSubject(
  { seat, subject }: Pick<Relink, "seat" | "subject">,
  ports: Administration,
  signal: AbortSignal,
): Promise<Relink> {
  const connection = enabledOf(await ports.organizations.findConnection(seat.connection, signal));
  const plan = await planRelink({ seat, subject, connection }, ports, signal);
  if (plan.holder !== null || plan.erasedAt !== null) return plan;
  if (connection === null) throw new Unknown("connection", seat.connection);
  await requireKnownUser(seat.userId, ports, signal);
  return plan;
}

async function planRelink(
  { seat, subject, connection }: Pick<Relink, "seat" | "subject" | "connection">,
  { identities: registry, speakers }: Pick<Administration, "identities" | "speakers">,
  signal: AbortSignal,
): Promise<Relink> {
  const key = { tenant: seat.tenant, subject };
  const [own, holder, listed, { erasedAt }] = await Promise.all([
    registry.find(key, signal),
    registry.findSeat(seat, signal),
    registry.listByUser(seat.userId, signal),
    speakers.find(seat.userId, signal),
  ]);
  const [seats, holders] = await Promise.all([
    seatsOf(key, own, registry, signal),
    holder === null ? null : registry.find(holder, signal), // the index may not list it yet
  ]);
  const links =
    holders === null ? listed : [...listed.filter((each) => !isSameSubject(each, holders)), holders];
  const replaced = links.filter((link) => link.subject !== subject && isOnSeat(link, seat));
  const organizationId = connection?.organizationId ?? null;
  const fits = own !== null && isOnSeat(own, seat) && own.organizationId === organizationId;
  const done = fits && replaced.length === 0 && holder?.subject === subject && erasedAt === null;
  const moved = fits ? null : own;
  const released = seats.filter((each) => !isOnSeat(each, seat));
  return { seat, subject, connection, holder, replaced, own, moved, released, erasedAt, done };
}

/** The seats of the subject that the index lists, and the link's own seat, which the index may not list yet. */
async function seatsOf(
  key: SubjectKey,
  link: IdentityLink | null,
  registry: IdentityRegistry,
  signal: AbortSignal,
): Promise<readonly HeldSeat[]> {
  const [listed, own] = await Promise.all([
    registry.listSeats(key, signal),
    link === null ? null : registry.findSeat(link, signal),
  ]);
  if (own?.subject !== key.subject) return listed;
  return [...listed.filter((each) => !isOnSeat(each, own)), own];
}

/**
 * Moves the user's seat to the subject, and lets the connection's organization speak for the user, both at once.
 * @throws {Refusal} CONFLICT when what was planned is not so by now; nothing is changed then
 */
export async function relinkSubject(plan: Relink, ports: Administration, signal: AbortSignal): Promise<void> {
  const organizationId = plan.connection?.organizationId ?? null;
  const by = { at: ports.now().toISOString(), actor: ports.actor };
  const read = (attempt: number) =>
    Promise.all([
      attempt === 0 ? plan : planRelink(plan, ports, signal),
      readAllowance({ userId: plan.seat.userId, organizationId }, ports, signal),
    ]);
  const decide = ([current, ground]: [Relink, AllowanceGround]) => {
    requireUnchanged(plan, { ...current, erasedAt: ground.speakers.erasedAt });
    const unchanged = speakersUnchanged(ground.speakers, ground.speakers);
    const allowed = allowanceChanges(ground, by) ?? { writes: [], unchanged, audit: [] };
    const writes = [...allowed.writes, ...relinkWrites(plan, by.at)];
    const audit = [...allowed.audit, ...relinkEntries(plan, { ...by, organizationId })];
    return { changes: { ...allowed, writes, audit }, result: undefined };
  };
  await transact({ read, decide }, ports.transactions, signal);
}

function relinkWrites(
  { seat, subject, connection, holder, replaced, own, released }: Relink,
  linkedAt: string,
): readonly Write[] {
  const { tenant, connection: name, userId } = seat;
  const held = { tenant, connection: name, userId, subject };
  const next: IdentityLink = {
    ...held,
    organizationId: connection?.organizationId ?? null,
    email: null, // No login has proven one, so no relink window may move this link.
    rule: "operator",
    linkedAt,
    rev: newRevision(),
  };
  return [
    { item: "seat", next: { ...held, rev: newRevision() }, present: holder },
    ...replaced.map((present): Write => ({ item: "link", next: null, present })),
    ...released.map((present): Write => ({ item: "seat", next: null, present })),
    { item: "link", next, present: own },
  ];
}

/** The holder's lost link is part of the relink's own entry; other lost links have one each. */
function relinkEntries(
  { seat, subject, holder, replaced, moved }: Relink,
  { at, actor, organizationId }: Pick<AuditEntry, "at" | "actor" | "organizationId">,
): AuditEntry[] {
  const former = holder === null || holder.subject === subject ? null : holder.subject;
  const by = { at, actor, rule: "operator" } as const;
  const lost = [...replaced.filter((link) => link.subject !== former), ...(moved === null ? [] : [moved])];
  return [
    auditEntry({ ...seat, ...by, action: "identity-relinked", subject, organizationId, holder: former }),
    ...lost.map((link) => auditEntry({ ...link, ...by, action: "identity-unlinked" })),
  ];
}

/** @throws {SubjectNotLinked} when the subject has neither a link nor a seat */
export async function planUnlink(
  key: SubjectKey,
  identities: IdentityRegistry,
  signal: AbortSignal,
): Promise<Unlink> {
  const link = await identities.find(key, signal);
  const released = await seatsOf(key, link, identities, signal);
  const seat = link ?? released[0];
  if (seat === undefined) throw new SubjectNotLinked(key, []);
  return { key, link, seat, released };
}

/**
 * Unlinks the subject and releases its seats, so that its next login is treated as a first login.
 * @throws {Refusal} CONFLICT when what was planned is not so by now; nothing is changed then
 */
export async function unlinkSubject(plan: Unlink, ports: Administration, signal: AbortSignal): Promise<void> {
  const { key, link, seat, released } = plan;
  const { userId, connection } = seat;
  const about = { ...key, userId, connection, organizationId: link?.organizationId ?? null };
  const by = { at: ports.now().toISOString(), actor: ports.actor, rule: "operator" } as const;
  const entry = auditEntry({ ...about, ...by, action: "identity-unlinked" });
  const seats = released.map((present): Write => ({ item: "seat", next: null, present }));
  const changes: Changes =
    link === null
      ? { writes: seats, unchanged: [{ item: "link", absent: key }], audit: [entry] }
      : { writes: [{ item: "link", next: null, present: link }, ...seats], unchanged: [], audit: [entry] };
  const read = async (attempt: number) => (attempt === 0 ? plan : planUnlink(key, ports.identities, signal));
  const decide = (current: Unlink) => {
    requireUnchanged(plan, current);
    return { changes, result: undefined };
  };
  await transact({ read, decide }, ports.transactions, signal);
}

function requireUnchanged<Plan extends Relink | Unlink>(plan: Plan, current: Plan): void {
  if (isSame(current, plan)) return;
  throw new Refusal("CONFLICT", "changed concurrently by someone else: run the same command again");
}
