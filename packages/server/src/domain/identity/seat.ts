import { auditEntry, type RequestAudit } from "../audit.ts";
import type { CanonicalEmail } from "../email.ts";
import { connectionNameOf, type Login } from "../login/login.ts";
import type { Refusal } from "../refusal.ts";
import type { Trace } from "../trace.ts";
import type { UserId } from "../user-id.ts";
import { type FirstLogin, linkRuleOf, organizationIdOf } from "./first-login.ts";
import { recordConflict } from "./identity-conflict.ts";
import {
  type HeldSeat,
  type IdentityLinks,
  refuseBlocked,
  type Seat,
  type StoredLinks,
} from "./identity-link.ts";
import { holdsFor, mayFollow, type RelinkWindow, type RelinkWindows } from "./relink-window.ts";

export interface SeatPorts {
  readonly links: IdentityLinks;
  readonly storedLinks: StoredLinks;
  readonly windows: RelinkWindows;
  readonly audit: RequestAudit;
  readonly now: () => Date;
}

/** The trusted address of a first login, and the connection whose seat it asks for. */
export type Mailbox = Omit<Seat, "userId"> & { readonly email: CanonicalEmail };

/**
 * Which mailboxes led to a taken seat a moment ago, and whose it is, by what the directory said then. It may have given
 * a mailbox to another user since: so this only spares it logins that are refused, and lets no one in.
 */
export interface TakenSeats {
  /** The user whom the directory named at most a minute ago; null if that is not known. */
  find(mailbox: Mailbox): UserId | null;
  add(mailbox: Mailbox, userId: UserId): void;
}

export interface SeatRules {
  /** `found`: the seat before this login took it over; if it was free, held by this login's subject. */
  readonly seat: { readonly found: HeldSeat; readonly subject: string; readonly gaveWay: boolean };
}

/**
 * Claims the seat for the subject of a first login, and finishes a take-over that a crash has interrupted.
 * @throws {Refusal} IDENTITY_CONFLICT when another subject keeps the seat
 */
export async function claimSeat(
  seat: Seat,
  first: FirstLogin,
  ports: SeatPorts,
  signal: AbortSignal,
  trace: Trace<SeatRules>,
): Promise<void> {
  const { links, audit, now } = ports;
  const { subject, clientId: via } = first.claims;
  const found = await links.takeSeat(seat, subject, signal);
  let held = found;
  if (held.subject !== subject && (await mayTakeOver(held, first, ports, signal))) {
    await removeFormer(held, links, signal);
    held = await links.takeOverSeat(held, { subject, takenOverAt: now().toISOString() }, signal);
  }
  await trace.rule("seat", { found, subject, gaveWay: held !== found }, async () => {
    if (held.subject !== subject) throw await conflictOf(held, first, ports, signal);
  });
  const { formerSubject: holder, takenOverAt: at } = held;
  if (holder === null) return;
  // The seat itself knows whose link is still to be removed, also after a crash.
  if (at !== null) {
    const organizationId = organizationIdOf(first.login);
    const about = { ...seat, subject, via, organizationId, holder, rule: linkRuleOf(first) };
    await audit.append(auditEntry({ at, actor: "login", action: "seat-taken-over", ...about }), signal);
  }
  await links.remove({ ...seat, subject: holder }, signal);
}

/**
 * Refuses a first login whose mailbox led to a taken seat a moment ago, if that seat is still taken. An identity
 * provider can mint any number of subjects for one mailbox: they must not cost a call of the directory each.
 * @throws {Refusal} what the directory's user and the seat would be refused with
 */
export async function refuseTaken(
  first: FirstLogin,
  ports: SeatPorts & { readonly takenSeats: TakenSeats },
  signal: AbortSignal,
  trace: Trace<SeatRules>,
): Promise<void> {
  const { tenant, subject } = first.claims;
  const mailbox = mailboxOf(first);
  const userId = mailbox && ports.takenSeats.find(mailbox);
  if (userId === null) return;
  const seat: Seat = { tenant, connection: connectionNameOf(first.login), userId };
  const found = await ports.storedLinks.findSeat(seat, signal);
  if (found === null || found.subject === subject || (await mayTakeOver(found, first, ports, signal))) return;
  await refuseBlocked(userId, ports.storedLinks, signal);
  await trace.rule("seat", { found, subject, gaveWay: false }, async () => {
    throw await conflictOf(found, first, ports, signal);
  });
}

/** What the directory is asked for in a first login; null where a signed user id answers. */
export function mailboxOf({ claims, login, trust }: FirstLogin): Mailbox | null {
  if (claims.userId !== null || trust.state !== "trusted") return null;
  return { tenant: claims.tenant, connection: connectionNameOf(login), email: trust.email };
}

function conflictOf(
  { tenant, connection, userId, subject: holder }: HeldSeat,
  { claims: { subject, clientId: via }, login }: FirstLogin,
  ports: Pick<SeatPorts, "audit" | "now">,
  signal: AbortSignal,
): Promise<Refusal> {
  const about = { tenant, connection, userId, subject, via, organizationId: organizationIdOf(login), holder };
  return recordConflict("seat", about, ports, signal);
}

/**
 * Whether a first login may take the seat from its holder. If the holder is linked to a different user, it lost a race
 * and never released this seat. Otherwise only an open relink window makes a holder give way.
 */
export async function mayTakeOver(
  held: HeldSeat,
  { login, trust }: FirstLogin,
  ports: Pick<SeatPorts, "storedLinks" | "windows" | "now">,
  signal: AbortSignal,
): Promise<boolean> {
  const former = await ports.storedLinks.find(held, signal);
  if (former === null) return false;
  if (former.userId !== held.userId) return true;
  if (trust.state !== "trusted" || trust.rule !== "verified-domain") return false;
  const window = await findOpenWindow(login, ports, signal);
  if (window === null || login.via !== "sso") return false;
  return mayFollow({ email: trust.email, connection: login.connection }, { former, window });
}

/** The relink window that is open now for the login's connection, or null. */
export async function findOpenWindow(
  login: Login,
  { windows, now }: Pick<SeatPorts, "windows" | "now">,
  signal: AbortSignal,
): Promise<RelinkWindow | null> {
  if (login.via !== "sso") return null;
  const window = await windows.find(login.connection.name, signal);
  return window !== null && holdsFor(window, login.connection, now()) ? window : null;
}

/** Finishes an interrupted take-over: otherwise the former holder would stay linked beside the next one. */
export async function removeFormer(
  { formerSubject, ...seat }: HeldSeat,
  links: IdentityLinks,
  signal: AbortSignal,
): Promise<void> {
  if (formerSubject !== null) await links.remove({ ...seat, subject: formerSubject }, signal);
}
