import { type ActionLog, type AuditEntry, type AuditLog, recordActions } from "../audit.ts";
import type { CanonicalEmail } from "../email.ts";
import {
  type Connection,
  type OrganizationId,
  type Organizations,
  requireOrganization,
  UnknownConnection,
} from "../organization.ts";
import { Refusal } from "../refusal.ts";
import type { IdentityLink } from "./identity-link.ts";

/**
 * The period in which seats of one connection may be taken over. An operator opens it when all subjects of the
 * connection have changed, for example after a new app registration. While it is open, the same mailbox is enough proof
 * on this connection, as it always is across connections.
 */
export interface RelinkWindow {
  readonly connection: string;
  /** The connection's organization when the window was opened. A move ends the window. Null in older items. */
  readonly organizationId: OrganizationId | null;
  /** ISO 8601, UTC. */
  readonly openedAt: string;
  /** ISO 8601, UTC; in the past once the window is closed or has ended. */
  readonly until: string;
  /** A merger: the organization that counts as the connection's own while the window is open; null if there is no merger. */
  readonly from: OrganizationId | null;
}

/** How long a window may be open: long enough for a holiday, too short to be forgotten. */
export const MAX_WINDOW_MS = 14 * 24 * 3_600_000;

/** The relink windows. Never cached, so that closing one works at once. */
export interface RelinkWindows {
  /**
   * The connection's last window, open or ended; null if there has never been one.
   * @throws {Refusal} STORE_UNAVAILABLE when there is no usable answer before `signal` aborts
   */
  find(connection: string, signal: AbortSignal): Promise<RelinkWindow | null>;
}

/** What operators do with windows. Errors as in {@link RelinkWindows}. */
export interface RelinkWindowRegistry extends RelinkWindows {
  /** Opens, extends or closes the connection's window; of two operators the last one decides. */
  put(window: RelinkWindow, signal: AbortSignal): Promise<void>;
}

/** Whether it holds for the connection as it is now. */
export function holdsFor(window: RelinkWindow, { organizationId }: Connection, now: Date): boolean {
  const isOfOwner = window.organizationId === organizationId;
  const isHarmless = window.organizationId === null && window.from === null;
  return isOpen(window, now) && (isOfOwner || isHarmless);
}

export function isOpen({ openedAt, until }: RelinkWindow, now: Date): boolean {
  return Date.parse(openedAt) <= now.getTime() && now.getTime() < Date.parse(until);
}

/**
 * Whether a first login through `connection`, with an address that its organization's verified domain makes
 * trusted, follows `former`, the link of the seat's holder: the same person by the same mailbox. Only links older
 * than the window give way, so each seat changes hands once: neither a second new subject nor the old one coming
 * back takes it again.
 */
export function mayFollow(
  { email, connection }: { email: CanonicalEmail; connection: Connection },
  { former, window }: { former: IdentityLink; window: RelinkWindow },
): boolean {
  return (
    former.email === email &&
    former.connection === connection.name &&
    (former.organizationId === connection.organizationId ||
      (former.organizationId !== null && former.organizationId === window.from)) &&
    Date.parse(former.linkedAt) < Date.parse(window.openedAt)
  );
}

/** Why a window cannot be opened as asked. */
export class RelinkWindowRefused extends Refusal {
  readonly problem: "past" | "too-long" | "own-organization";

  constructor(problem: RelinkWindowRefused["problem"]) {
    super("INPUT_INVALID", `the relink window cannot be opened: ${problem}`);
    this.problem = problem;
  }
}

export interface RelinkWindowPorts extends ActionLog {
  readonly organizations: Pick<Organizations, "find" | "findConnection">;
  readonly windows: RelinkWindowRegistry;
  readonly now: () => Date;
}

/**
 * The connection's last window, open or ended; null if there has never been one.
 * @throws {UnknownConnection} when the connection neither exists nor ever had a window
 */
export async function findRelinkWindow(
  name: string,
  { organizations, windows }: Pick<RelinkWindowPorts, "organizations" | "windows">,
  signal: AbortSignal,
): Promise<RelinkWindow | null> {
  const present = await windows.find(name, signal);
  if (present === null && (await organizations.findConnection(name, signal)) === null)
    throw new UnknownConnection(name);
  return present;
}

/**
 * Opens the connection's window, or moves the end of the open one. An open window keeps its beginning, so that a seat
 * that was linked since then does not change hands again.
 * @param from a merger: the organization whose users may come through the connection too
 * @throws {RelinkWindowRefused}
 * @throws {UnknownOrganization}
 * @throws {UnknownConnection}
 * @throws {AuditIncomplete} when the window is open without an audit entry
 */
export async function openRelinkWindow(
  { connection: name, until, from }: { connection: string; until: Date; from: OrganizationId | null },
  { organizations, windows, now: clock, ...log }: RelinkWindowPorts,
  signal: AbortSignal,
): Promise<RelinkWindow> {
  const now = clock();
  checkEnd(until, now);
  const connection = await organizations.findConnection(name, signal);
  const present = await windows.find(name, signal);
  if (from !== null) await checkMerger(from, connection, organizations, signal);
  if (connection === null) throw new UnknownConnection(name);
  const { organizationId } = connection;
  const isOwn = present !== null && present.organizationId === organizationId;
  const open = isOwn && isOpen(present, now) ? present : null;
  const window = {
    connection: name,
    organizationId,
    openedAt: open?.openedAt ?? now.toISOString(),
    until: until.toISOString(),
    from: from ?? open?.from ?? null,
  };
  const action = { at: now.toISOString(), action: "relink-window-opened", organizationId } as const;
  await store(window, action, { windows, log }, signal);
  return window;
}

/**
 * Ends the connection's window now; nothing happens when none is open.
 * @returns the connection's last window; null when there has never been one
 * @throws {UnknownConnection} when the connection neither exists nor ever had a window
 * @throws {AuditIncomplete} when the window is closed without an audit entry
 */
export async function closeRelinkWindow(
  name: string,
  { organizations, windows, now: clock, ...log }: RelinkWindowPorts,
  signal: AbortSignal,
): Promise<RelinkWindow | null> {
  const now = clock();
  const present = await findRelinkWindow(name, { organizations, windows }, signal);
  if (present === null || !isOpen(present, now)) return present;
  const at = now.toISOString();
  const organizationId = (await organizations.findConnection(name, signal))?.organizationId ?? null;
  const window = { ...present, until: at };
  await store(window, { at, action: "relink-window-closed", organizationId }, { windows, log }, signal);
  return window;
}

/** The seats that were taken over, and the users that a merger let in, since the window was opened. */
export async function listTakenOver(
  window: RelinkWindow,
  { audit, now }: { audit: Pick<AuditLog, "list">; now: () => Date },
  signal: AbortSignal,
): Promise<readonly AuditEntry[]> {
  const entries = await audit.list({ since: new Date(window.openedAt), until: now() }, signal);
  return entries.filter(
    ({ action, connection, rule }) =>
      (action === "seat-taken-over" || (action === "identity-allowed" && rule === "merger")) &&
      connection === window.connection,
  );
}

function checkEnd(until: Date, now: Date): void {
  const aheadMs = until.getTime() - now.getTime();
  if (aheadMs <= 0) throw new RelinkWindowRefused("past");
  if (aheadMs > MAX_WINDOW_MS) throw new RelinkWindowRefused("too-long");
}

async function checkMerger(
  from: OrganizationId,
  connection: Connection | null,
  organizations: Pick<Organizations, "find">,
  signal: AbortSignal,
): Promise<void> {
  if (connection?.organizationId === from) throw new RelinkWindowRefused("own-organization");
  await requireOrganization(from, organizations, signal);
}

async function store(
  window: RelinkWindow,
  about: Pick<AuditEntry, "at" | "action" | "organizationId">,
  { windows, log }: { windows: RelinkWindowRegistry; log: ActionLog },
  signal: AbortSignal,
): Promise<void> {
  await windows.put(window, signal);
  const action = { ...about, connection: window.connection };
  // The organization whose users it is open to has an entry too.
  const merger = window.from === null ? [] : [{ ...action, organizationId: window.from }];
  await recordActions([action, ...merger], log, signal);
}
