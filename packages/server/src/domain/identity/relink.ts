import type { Connection } from "../organization.ts";
import type { UserId } from "../user-id.ts";
import type { HeldSeat, IdentityLink, IdentityLinks, Seat, SubjectKey } from "./identity-link.ts";
import { removeFormer } from "./seat.ts";

/** What operators see and change beyond what a login does. Errors as in {@link IdentityLinks}. */
export interface IdentityRegistry extends IdentityLinks {
  findSeat(seat: Seat, signal: AbortSignal): Promise<HeldSeat | null>;
  /** Every link of the user; one that was made within the last second may be missing. */
  listByUser(userId: UserId, signal: AbortSignal): Promise<readonly IdentityLink[]>;
  /** Every seat that the subject holds; one that it took within the last second may be missing. */
  listSeats(key: SubjectKey, signal: AbortSignal): Promise<readonly HeldSeat[]>;
}

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
  /** The subject's own link, if it is a different one or older than a move of the connection. It is removed. */
  readonly moved: IdentityLink | null;
  /** True if the subject is already linked so, and no other subject by this connection. */
  readonly done: boolean;
}

/** `interrupted`: a concurrent change got in between. Plan the same relink again to finish it. */
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
 * Gives the seat and the link to the subject by single conditional writes. After each write at most one subject can
 * use the seat, and the subject leads to at most one UUID. The order: the subject loses what it had, gets the seat, the
 * others lose their links, the subject gets its link. Every step can be repeated.
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
      email: null, // No login has proven one, so no relink window may move this link.
      rule: "operator",
      linkedAt: now().toISOString(),
    },
    signal,
  );
  if (!isOf(seat, link)) return "interrupted";
  // A login may have taken the seat while this subject had no link for it.
  if ((await registry.findSeat(seat, signal))?.subject === subject) return "relinked";
  await registry.remove(link, signal);
  return "interrupted";
}

/**
 * Removes a subject's link, then every seat that it holds: its next login is a first one. In this order, a stop in
 * the middle leaves a seat for the subject to come back to, and never a link whose seat others may take.
 * @param link the link as it was read; null if there is only a leftover seat
 * @returns false when the subject is linked to another user by now; nothing is changed then
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

/** Releases the seats that the index lists, and the link's own seat, which the index may not list yet. */
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
