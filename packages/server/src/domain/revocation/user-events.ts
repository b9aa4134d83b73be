import type { SubjectKey } from "../subject-key.ts";
import { type RevocationPorts, recordEvent, type SubjectEvent } from "./record.ts";
import type { TenantUser, TenantUsers } from "./tenant-users.ts";

/** What the identity provider tells of one of its users. */
export interface UserEvent {
  readonly type: "created" | "updated" | "deleted";
  readonly subject: string;
  /** When it happened there. */
  readonly at: Date;
  /** Whether it says that the user is blocked. That one is not blocked any more, it may say by leaving this out. */
  readonly isBlocked: boolean;
}

/** What facts of the identity provider's users are stored with. */
export interface UserEventPorts extends RevocationPorts {
  readonly users: Pick<TenantUsers, "findUser">;
}

/**
 * Stores what an event says of a user. Events may come twice, late and in any order.
 * @param isLate whether a later event of the tenant has come before
 * @returns null where nothing changes
 */
export async function applyUserEvent(
  { type, subject, at, isBlocked }: UserEvent,
  { tenant, isLate }: { readonly tenant: string; readonly isLate: boolean },
  ports: UserEventPorts,
  signal: AbortSignal,
): Promise<SubjectEvent["change"] | null> {
  const key = { tenant, subject };
  const said = type === "deleted" ? "deleted" : isBlocked ? "blocked" : null;
  const change = said ?? ((await isLifted(key, at, ports, signal)) ? "lifted" : null);
  if (change === null) return null;
  const isNews = await recordEvent(key, { change, at }, ports, signal);
  // What ended it may have come before it, and changed nothing. Also where it is stored: who stored it may have failed here.
  if (isLate && said !== null) await liftIfOver(key, at, ports, signal);
  return isNews ? change : null;
}

/** An event that does not say that the user is blocked does not say the opposite: one that was blocked is asked for. */
async function isLifted(
  key: SubjectKey,
  at: Date,
  { identities, users }: UserEventPorts,
  signal: AbortSignal,
): Promise<boolean> {
  const last = (await identities.findFacts(key, signal))?.sources.event ?? null;
  if (last === null || !last.isBlocked || last.at >= at.toISOString()) return false;
  return isActive(await users.findUser(key.subject, signal));
}

/** Lifts a block that is stored since `at`, if it is over. Whatever comes after it is later. */
export async function liftIfOver(
  key: SubjectKey,
  at: Date,
  ports: UserEventPorts,
  signal: AbortSignal,
): Promise<void> {
  if (!isActive(await ports.users.findUser(key.subject, signal))) return;
  await recordEvent(key, { change: "lifted", at: justAfter(at) }, ports, signal);
}

/** So that it counts after what happened at `at`, and before whatever has happened later. */
export function justAfter(at: Date): Date {
  return new Date(at.getTime() + 1);
}

function isActive(user: TenantUser | null): boolean {
  return user !== null && !user.isBlocked;
}
