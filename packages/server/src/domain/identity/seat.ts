import { auditEntry, type RequestAudit } from "../audit.ts";
import type { Login } from "../login/login.ts";
import type { Trace } from "../trace.ts";
import { type FirstLogin, linkRuleOf, organizationIdOf } from "./first-login.ts";
import { recordConflict } from "./identity-conflict.ts";
import type { HeldSeat, IdentityLinks, Seat, StoredLinks } from "./identity-link.ts";
import { holdsFor, mayFollow, type RelinkWindow, type RelinkWindows } from "./relink-window.ts";

export interface SeatPorts {
  readonly links: IdentityLinks;
  readonly storedLinks: StoredLinks;
  readonly windows: RelinkWindows;
  readonly audit: RequestAudit;
  readonly now: () => Date;
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
  const organizationId = organizationIdOf(first.login);
  await trace.rule("seat", { found, subject, gaveWay: held !== found }, async () => {
    if (held.subject === subject) return;
    const about = { ...seat, subject, via, organizationId, holder: held.subject };
    throw await recordConflict("seat", about, { audit, now }, signal);
  });
  const { formerSubject: holder, takenOverAt: at } = held;
  if (holder === null) return;
  // The seat itself knows whose link is still to be removed, also after a crash.
  if (at !== null) {
    const about = { ...seat, subject, via, organizationId, holder, rule: linkRuleOf(first) };
    await audit.append(auditEntry({ at, actor: "login", action: "seat-taken-over", ...about }), signal);
  }
  await links.remove({ ...seat, subject: holder }, signal);
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
