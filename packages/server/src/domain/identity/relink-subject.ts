import { type OperatorAction, recordActions } from "../audit.ts";
import { UnknownConnection } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import { type AllowPorts, allowOrganization } from "./allow.ts";
import type { IdentityLink, Seat, SubjectKey } from "./identity-link.ts";
import { type KnownUserPorts, requireKnownUser, SubjectNotLinked } from "./known-user.ts";
import { type IdentityRegistry, planRelink, type Relink, relink, unlink } from "./relink.ts";

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

export interface RelinkPorts extends AllowPorts {
  readonly identities: IdentityRegistry;
}

/**
 * Reads everything that a relink depends on; changes nothing.
 * @throws {UnknownConnection} when the connection is not registered and no subject holds the seat
 * @throws {UnknownUser}
 */
export async function planRelinkSubject(
  { seat, subject }: Pick<Relink, "seat" | "subject">,
  ports: Pick<RelinkPorts, "organizations" | "identities"> & KnownUserPorts,
  signal: AbortSignal,
): Promise<Relink> {
  const connection = await ports.organizations.findConnection(seat.connection, signal);
  const plan = await planRelink({ seat, subject, connection }, ports.identities, signal);
  if (plan.holder !== null) return plan;
  if (connection === null) throw new UnknownConnection(seat.connection);
  await requireKnownUser(seat.userId, ports, signal);
  return plan;
}

/**
 * Moves the user's seat to the subject, and lets the connection's organization speak for the user.
 * @throws {RelinkInterrupted}
 * @throws {AuditIncomplete} when a change has no audit entry; after `identity-allowed` the relink has not begun
 */
export async function relinkSubject(plan: Relink, ports: RelinkPorts, signal: AbortSignal): Promise<void> {
  const at = ports.now();
  const now = () => at;
  const organizationId = plan.connection?.organizationId ?? null;
  // Recorded before the relink: what an interrupted relink has changed must be in the audit.
  await allowOrganization({ userId: plan.seat.userId, organizationId }, { ...ports, now }, signal);
  const outcome = await relink(plan, { registry: ports.identities, now }, signal).catch(interruptedBy);
  if (outcome === "interrupted") throw new RelinkInterrupted();
  await recordActions(actionsOf(plan, at.toISOString()), ports, signal);
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

/** What an unlink will remove. */
export interface Unlink {
  readonly key: SubjectKey;
  /** Null where only a seat is left over from an interrupted command or login. */
  readonly link: IdentityLink | null;
  readonly seat: Seat;
}

/** @throws {SubjectNotLinked} when the subject has neither a link nor a seat */
export async function planUnlink(
  key: SubjectKey,
  identities: Pick<IdentityRegistry, "find" | "listSeats">,
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
export async function unlinkSubject(
  { key, link, seat: { userId, connection } }: Unlink,
  { identities, now, ...log }: Omit<RelinkPorts, "organizations" | "speakers">,
  signal: AbortSignal,
): Promise<void> {
  const isUnlinked = await unlink(key, link, identities, signal).catch(interruptedBy);
  if (!isUnlinked) throw new RelinkInterrupted();
  const about = { ...key, userId, connection, organizationId: link?.organizationId ?? null };
  const at = now().toISOString();
  await recordActions([{ ...about, at, action: "identity-unlinked", rule: "operator" }], log, signal);
}

function interruptedBy(cause: unknown): never {
  throw cause instanceof Refusal ? new RelinkInterrupted({ cause }) : cause;
}
