import type { Connection } from "../organization.ts";
import type { UserId } from "../user-id.ts";
import { removeFormer } from "./first-link.ts";
import type { HeldSeat, IdentityLink, IdentityLinks, Seat, SubjectKey } from "./identity-link.ts";

/** What operators see and change beyond what a login does. Errors as in {@link IdentityLinks}. */
export interface IdentityRegistry extends IdentityLinks {
  findSeat(seat: Seat, signal: AbortSignal): Promise<HeldSeat | null>;
  /** Every link of the person; one that was made within the last second may be missing. */
  listByUser(userId: UserId, signal: AbortSignal): Promise<readonly IdentityLink[]>;
  /** Every seat that the subject holds; one that it took within the last second may be missing. */
  listSeats(key: SubjectKey, signal: AbortSignal): Promise<readonly HeldSeat[]>;
}

/** What a relink will do, for the operator to agree to. */
export interface Relink {
  readonly seat: Seat;
  readonly subject: string;
  /** Registered, or null: a password connection, say. */
  readonly connection: Connection | null;
  /** Who holds the seat now; null when nobody does. */
  readonly holder: HeldSeat | null;
  /** Links that other subjects have by this connection: they go. */
  readonly replaced: readonly IdentityLink[];
  /** The subject's own link, where it is another, or older than a move of the connection: it goes. */
  readonly moved: IdentityLink | null;
  /** The subject is linked so already, and nobody else by this connection. */
  readonly done: boolean;
}

/** `interrupted`: somebody else changed a part meanwhile; the same relink, planned anew, finishes the work. */
export type RelinkOutcome = "relinked" | "interrupted";

/** Reads everything that a relink depends on; changes nothing. */
export async function planRelink(
  { seat, subject, connection }: Pick<Relink, "seat" | "subject" | "connection">,
  registry: IdentityRegistry,
  signal: AbortSignal,
): Promise<Relink> {
  const { tenant, userId } = seat;
  const own = await registry.find({ tenant, subject }, signal);
  const holder = await registry.findSeat(seat, signal);
  const links = await registry.listByUser(userId, signal);
  const replaced = links.filter((link) => link.subject !== subject && isOf(seat, link));
  const organizationId = connection?.organizationId ?? null;
  const fits = own !== null && isOf(seat, own) && own.organizationId === organizationId;
  return {
    seat,
    subject,
    connection,
    holder,
    replaced,
    moved: fits ? null : own,
    done: fits && replaced.length === 0 && holder?.subject === subject,
  };
}

/**
 * Gives the seat and the link to the subject, by single conditional writes. After each of them at most one subject
 * can pass for the seat and the subject leads to at most one UUID: it first loses what it had, then gets the seat,
 * then the others lose their links, and only then it gets its own. Every step may be repeated.
 */
export async function relink(
  { seat, subject, connection, holder, replaced, moved }: Relink,
  { registry, now }: { registry: IdentityRegistry; now: () => Date },
  signal: AbortSignal,
): Promise<RelinkOutcome> {
  const { tenant } = seat;
  if (moved !== null && !(await registry.remove(moved, signal))) return "interrupted";
  await releaseSeats({ tenant, subject }, moved, { except: seat }, registry, signal);
  if (holder !== null) await removeFormer(holder, registry, signal);
  const held =
    holder === null || holder.subject === subject
      ? await registry.takeSeat(seat, subject, signal)
      : await registry.takeOverSeat(holder, { subject, takenOverAt: null }, signal);
  if (held.subject !== subject) return "interrupted";
  const former = held.formerSubject === null ? [] : [{ ...seat, subject: held.formerSubject }];
  for (const link of [...former, ...replaced]) await registry.remove({ ...seat, ...link }, signal);
  const link = await registry.create(
    {
      ...seat,
      subject,
      organizationId: connection?.organizationId ?? null,
      email: null, // Nobody has proved one: no window may follow an operator's word.
      rule: "operator",
      linkedAt: now().toISOString(),
    },
    signal,
  );
  if (!isOf(seat, link)) return "interrupted";
  // Somebody's login may have taken the seat while this subject had no link for it.
  if ((await registry.findSeat(seat, signal))?.subject === subject) return "relinked";
  await registry.remove(link, signal);
  return "interrupted";
}

/**
 * Removes a subject's link, then every seat that it holds: its next login is a first one. In this order, a stop in
 * the middle leaves a seat for the subject to come back to, and never a link whose seat others may take.
 * @param link the link as it was read; null where there is none, for a seat that was left over
 * @returns false when the subject is linked to somebody else by now: nothing has been changed
 */
export async function unlink(
  key: SubjectKey,
  link: IdentityLink | null,
  registry: IdentityRegistry,
  signal: AbortSignal,
): Promise<boolean> {
  if (link !== null && !(await registry.remove(link, signal))) return false;
  await releaseSeats(key, link, { except: null }, registry, signal);
  return true;
}

/** Those that the index knows, and that of the link, which it may not know yet. */
async function releaseSeats(
  { tenant, subject }: SubjectKey,
  link: IdentityLink | null,
  { except }: { except: Seat | null },
  registry: IdentityRegistry,
  signal: AbortSignal,
): Promise<void> {
  const known = await registry.listSeats({ tenant, subject }, signal);
  const own = link === null ? null : await registry.findSeat(link, signal);
  for (const seat of own?.subject === subject ? [...known, own] : known) {
    if (except !== null && isOf(except, seat)) continue;
    await removeFormer(seat, registry, signal);
    await registry.releaseSeat(seat, subject, signal);
  }
}

function isOf(seat: Seat, { tenant, connection, userId }: Seat): boolean {
  return tenant === seat.tenant && connection === seat.connection && userId === seat.userId;
}
