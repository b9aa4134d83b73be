import type { Audit } from "../audit.ts";
import type { CanonicalEmail } from "../email.ts";
import { connectionNameOf } from "../login/login.ts";
import type { Refusal } from "../refusal.ts";
import type { Trace } from "../trace.ts";
import type { Changes } from "../transaction.ts";
import type { UserId } from "../user-id.ts";
import { refuseEnded } from "./ended.ts";
import { aboutLogin, type FirstLogin } from "./first-login.ts";
import { recordConflict } from "./identity-conflict.ts";
import { type HeldSeat, type IdentityLink, isOnSeat, type Seat, type StoredLinks } from "./identity-link.ts";
import { holdsFor, mayFollow, type RelinkWindow, type RelinkWindows } from "./relink-window.ts";

export interface SeatPorts {
  readonly storedLinks: StoredLinks;
  readonly windows: RelinkWindows;
  readonly audit: Audit;
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
  readonly seat: {
    readonly found: Seat & Pick<HeldSeat, "subject">;
    readonly subject: string;
    readonly gaveWay: boolean;
  };
}

/** What is stored about the seat that a first login asks for. */
export interface SeatGround {
  /** Null for a free seat. */
  readonly held: HeldSeat | null;
  /** The link of the holder; null where the seat is not another subject's. */
  readonly former: IdentityLink | null;
  /** The relink window that is open for the login; null where nothing depends on it. */
  readonly window: RelinkWindow | null;
}

/** Reads what decides whether another subject gives way. */
export async function readHolder(
  held: HeldSeat | null,
  first: FirstLogin,
  ports: SeatPorts,
  signal: AbortSignal,
): Promise<SeatGround> {
  if (held === null || held.subject === first.claims.subject) return { held, former: null, window: null };
  const [former, window] = await Promise.all([
    ports.storedLinks.find(held, signal),
    findOpenWindow(first, ports, signal),
  ]);
  const present = former === null ? await ports.storedLinks.findSeat(held, signal) : held;
  if (present?.rev !== held.rev) return readHolder(present, first, ports, signal); // unlinked at this moment
  return { held, former, window };
}

/**
 * Whether a first login gets the seat. If the holder is linked to a different user, the seat is left over, for example from
 * a backup. Otherwise only an open relink window makes a holder give way.
 */
export function getsSeat(
  { held, former, window }: SeatGround,
  { claims, login, trust }: FirstLogin,
): boolean {
  if (held === null || held.subject === claims.subject) return true;
  if (former === null) return false;
  if (former.userId !== held.userId) return true;
  if (window === null || login.via !== "sso" || trust.state !== "trusted") return false;
  return mayFollow({ email: trust.email, connection: login.connection }, { former, window });
}

/** What becomes of the link of a holder who gives way: it goes if it is the seat's. */
export function unlinkFormer({ held, former }: SeatGround): Pick<Changes, "writes" | "unchanged"> {
  if (held === null || former === null) return { writes: [], unchanged: [] };
  return isOnSeat(former, held)
    ? { writes: [{ item: "link", next: null, present: former }], unchanged: [] }
    : { writes: [], unchanged: [{ item: "link", present: former }] };
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
  const mailbox = mailboxOf(first);
  const userId = mailbox && ports.takenSeats.find(mailbox);
  if (userId === null) return;
  const found = await ports.storedLinks.findSeat(seatOf(first, userId), signal);
  const ground = await readHolder(found, first, ports, signal);
  if (found === null || getsSeat(ground, first)) return;
  const user = { userId, ...(await ports.storedLinks.findUser(userId, signal)) };
  refuseEnded(first.claims, { facts: null, session: null, user }); // those of its subject have not
  await trace.rule("seat", { found, subject: first.claims.subject, gaveWay: false }, async () => {
    throw await seatConflict(found, first, ports, signal);
  });
}

/** The seat that a first login of this user asks for. */
export function seatOf({ claims: { tenant }, login }: FirstLogin, userId: UserId): Seat {
  return { tenant, connection: connectionNameOf(login), userId };
}

/** What the directory is asked for in a first login; null where a signed user id answers. */
export function mailboxOf({ claims, login, trust }: FirstLogin): Mailbox | null {
  if (claims.userId !== null || trust.state !== "trusted") return null;
  return { tenant: claims.tenant, connection: connectionNameOf(login), email: trust.email };
}

export function seatConflict(
  held: Seat & Pick<HeldSeat, "subject">,
  first: FirstLogin,
  ports: Pick<SeatPorts, "audit" | "now">,
  signal: AbortSignal,
): Promise<Refusal> {
  return recordConflict("seat", { ...aboutLogin(first, held.userId), holder: held.subject }, ports, signal);
}

/** The relink window that is open now for a login whose address the connection's organization vouches for, or null. */
export async function findOpenWindow(
  { login, trust }: FirstLogin,
  { windows, now }: Pick<SeatPorts, "windows" | "now">,
  signal: AbortSignal,
): Promise<RelinkWindow | null> {
  if (login.via !== "sso" || trust.state !== "trusted" || trust.rule !== "verified-domain") return null;
  const window = await windows.find(login.connection.name, signal);
  return window !== null && holdsFor(window, login.connection, now()) ? window : null;
}
