import { type OperatorAction, recordActions } from "../audit.ts";
import type { HeldSeat, IdentityLink, Seat, SubjectKey } from "../identity/identity-link.ts";
import { removeFormer } from "../identity/seat.ts";
import { type Connection, enabledOf } from "../organization.ts";
import { Refusal, Unknown } from "../refusal.ts";
import type { Administration, IdentityRegistry } from "./administration.ts";
import { allowOrganization } from "./allow.ts";
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
  /** The subject's own link, if it is a different one or older than a move of the connection. It is removed. */
  readonly moved: IdentityLink | null;
  /** True if the subject is already linked so, and no other subject by this connection. */
  readonly done: boolean;
}

/** What an unlink will remove. */
export interface Unlink {
  readonly key: SubjectKey;
  /** Null where only a seat is left over from an interrupted command or login. */
  readonly link: IdentityLink | null;
  readonly seat: Seat;
}

/**
 * A relink or an unlink is not complete, because the link was changed concurrently or, with a `cause`, because the
 * store failed. Running the same one again, from a new plan, completes it.
 */
export class RelinkInterrupted extends Error {
  constructor(options: { cause?: Refusal } = {}) {
    super("the relink is not complete", options);
    this.name = "RelinkInterrupted";
  }
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
  const plan = await planRelink({ seat, subject, connection }, ports.identities, signal);
  if (plan.holder !== null) return plan;
  if (connection === null) throw new Unknown("connection", seat.connection);
  await requireKnownUser(seat.userId, ports, signal);
  return plan;
}

export async function planRelink(
  { seat, subject, connection }: Pick<Relink, "seat" | "subject" | "connection">,
  registry: IdentityRegistry,
  signal: AbortSignal,
): Promise<Relink> {
  const own = await registry.find({ tenant: seat.tenant, subject }, signal);
  const holder = await registry.findSeat(seat, signal);
  const links = await registry.listByUser(seat.userId, signal);
  const replaced = links.filter((link) => link.subject !== subject && isOf(seat, link));
  const organizationId = connection?.organizationId ?? null;
  const fits = own !== null && isOf(seat, own) && own.organizationId === organizationId;
  const done = fits && replaced.length === 0 && holder?.subject === subject;
  return { seat, subject, connection, holder, replaced, moved: fits ? null : own, done };
}

/**
 * Moves the user's seat to the subject, and lets the connection's organization speak for the user.
 * @throws {RelinkInterrupted}
 * @throws {AuditIncomplete} when a change has no audit entry; after `identity-allowed` the relink has not begun
 */
export async function relinkSubject(plan: Relink, ports: Administration, signal: AbortSignal): Promise<void> {
  const at = ports.now();
  const now = () => at;
  const organizationId = plan.connection?.organizationId ?? null;
  // Recorded before the relink: what an interrupted relink has changed must be in the audit.
  await allowOrganization({ userId: plan.seat.userId, organizationId }, { ...ports, now }, signal);
  await relink(plan, { registry: ports.identities, now }, signal).catch(interruptedBy);
  await recordActions(actionsOf(plan, at.toISOString()), ports, signal);
}

/**
 * Gives the seat and the link to the subject by single conditional writes. After each write at most one subject can
 * use the seat, and the subject leads to at most one UUID. The order: the subject loses what it had, gets the seat, the
 * others lose their links, the subject gets its link. Every step can be repeated.
 * @throws {RelinkInterrupted} when a concurrent change got in between
 */
export async function relink(
  { seat, subject, connection, holder, replaced, moved }: Relink,
  { registry, now }: { registry: IdentityRegistry; now: () => Date },
  signal: AbortSignal,
): Promise<void> {
  if (moved !== null && !(await registry.remove(moved, signal))) throw new RelinkInterrupted();
  await releaseSeats({ tenant: seat.tenant, subject }, moved, registry, signal, seat);
  if (holder !== null) await removeFormer(holder, registry, signal);
  const held =
    holder === null || holder.subject === subject
      ? await registry.takeSeat(seat, subject, signal)
      : await registry.takeOverSeat(holder, { subject, takenOverAt: null }, signal);
  if (held.subject !== subject) throw new RelinkInterrupted();
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
  if (!isOf(seat, link)) throw new RelinkInterrupted();
  // A login may have taken the seat while this subject had no link for it.
  if ((await registry.findSeat(seat, signal))?.subject === subject) return;
  await registry.remove(link, signal);
  throw new RelinkInterrupted();
}

/** The subject that held the seat, also when an earlier attempt has moved it already. */
export function formerHolderOf({ holder, subject }: Relink): string | null {
  return holder?.subject === subject ? holder.formerSubject : (holder?.subject ?? null);
}

/** The holder's lost link is part of the relink's own entry; other lost links have one each. */
function actionsOf(plan: Relink, at: string): OperatorAction[] {
  const { seat, subject, connection, replaced, moved } = plan;
  const holder = formerHolderOf(plan);
  const lost = replaced.filter((link) => link.subject !== holder);
  const organizationId = connection?.organizationId ?? null;
  return [
    { at, action: "identity-relinked", ...seat, subject, organizationId, holder, rule: "operator" },
    ...[...lost, ...(moved === null ? [] : [moved])].map(
      (link): OperatorAction => ({ ...link, at, action: "identity-unlinked", rule: "operator" }),
    ),
  ];
}

/** @throws {SubjectNotLinked} when the subject has neither a link nor a seat */
export async function planUnlink(
  key: SubjectKey,
  identities: IdentityRegistry,
  signal: AbortSignal,
): Promise<Unlink> {
  const link = await identities.find(key, signal);
  const [seat] = link === null ? await identities.listSeats(key, signal) : [link];
  if (seat === undefined) throw new SubjectNotLinked(key, []);
  return { key, link, seat };
}

/**
 * Unlinks the subject, so that its next login is treated as a first login.
 * @throws {RelinkInterrupted}
 * @throws {AuditIncomplete} when the subject is unlinked without an audit entry
 */
export async function unlinkSubject(plan: Unlink, ports: Administration, signal: AbortSignal): Promise<void> {
  const { key, link, seat } = plan;
  await unlink(key, link, ports.identities, signal).catch(interruptedBy);
  const { userId, connection } = seat;
  const about = { ...key, userId, connection, organizationId: link?.organizationId ?? null };
  const at = ports.now().toISOString();
  await recordActions([{ ...about, at, action: "identity-unlinked", rule: "operator" }], ports, signal);
}

/**
 * Removes a subject's link, then every seat that it holds: its next login is a first one. In this order, a stop in
 * the middle leaves a seat for the subject to come back to, and never a link whose seat others may take.
 * @param link the link as it was read; null if there is only a leftover seat
 * @throws {RelinkInterrupted} when the subject is linked to another user by now; nothing is changed then
 */
export async function unlink(
  key: SubjectKey,
  link: IdentityLink | null,
  registry: IdentityRegistry,
  signal: AbortSignal,
): Promise<void> {
  if (link !== null && !(await registry.remove(link, signal))) throw new RelinkInterrupted();
  await releaseSeats(key, link, registry, signal);
}

/** Releases the seats that the index lists, and the link's own seat, which the index may not list yet. */
async function releaseSeats(
  key: SubjectKey,
  link: IdentityLink | null,
  registry: IdentityRegistry,
  signal: AbortSignal,
  except?: Seat,
): Promise<void> {
  const known = await registry.listSeats(key, signal);
  const own = link === null ? null : await registry.findSeat(link, signal);
  for (const seat of own?.subject === key.subject ? [...known, own] : known) {
    if (except !== undefined && isOf(except, seat)) continue;
    await removeFormer(seat, registry, signal);
    await registry.releaseSeat(seat, key.subject, signal);
  }
}

function interruptedBy(cause: unknown): never {
  throw cause instanceof Refusal ? new RelinkInterrupted({ cause }) : cause;
}

function isOf(seat: Seat, { tenant, connection, userId }: Seat): boolean {
  return tenant === seat.tenant && connection === seat.connection && userId === seat.userId;
}
