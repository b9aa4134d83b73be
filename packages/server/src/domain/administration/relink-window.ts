import { type AuditEntry, recordActions } from "../audit.ts";
import { isOpen, type RelinkWindow } from "../identity/relink-window.ts";
import { enabledOf, type OrganizationId, requireOrganization } from "../organization.ts";
import { Refusal, Unknown } from "../refusal.ts";
import type { Administration } from "./administration.ts";

/** How long a window may be open: long enough for a holiday, too short to be forgotten. */
const MAX_WINDOW_MS = 14 * 24 * 3_600_000;

/** Why a window cannot be opened as asked. */
export class RelinkWindowRefused extends Refusal {
  readonly problem: "past" | "too-long" | "own-organization";

  constructor(problem: RelinkWindowRefused["problem"]) {
    super("INPUT_INVALID", `the relink window cannot be opened: ${problem}`);
    this.problem = problem;
  }
}

/**
 * The connection's last window, open or ended; null if there has never been one.
 * @throws {Unknown} when the connection neither exists nor ever had a window
 */
export async function findRelinkWindow(
  name: string,
  { organizations, windows }: Administration,
  signal: AbortSignal,
): Promise<RelinkWindow | null> {
  const present = await windows.find(name, signal);
  if (present === null && enabledOf(await organizations.findConnection(name, signal)) === null)
    throw new Unknown("connection", name);
  return present;
}

/**
 * Opens the connection's window, or moves the end of the open one. An open window keeps its beginning, so that a seat
 * that was linked since then does not change hands again.
 * @param from a merger: the organization whose users may come through the connection too
 * @throws {RelinkWindowRefused}
 * @throws {Unknown} the connection, or the organization `from`
 * @throws {AuditIncomplete} when the window is open without an audit entry
 */
export async function openRelinkWindow(
  { connection: name, until, from }: { connection: string; until: Date; from: OrganizationId | null },
  ports: Administration,
  signal: AbortSignal,
): Promise<RelinkWindow> {
  const now = ports.now();
  const aheadMs = until.getTime() - now.getTime();
  if (aheadMs <= 0) throw new RelinkWindowRefused("past");
  if (aheadMs > MAX_WINDOW_MS) throw new RelinkWindowRefused("too-long");
  const connection = enabledOf(await ports.organizations.findConnection(name, signal));
  const present = await ports.windows.find(name, signal);
  if (from !== null) {
    if (connection?.organizationId === from) throw new RelinkWindowRefused("own-organization");
    await requireOrganization(from, ports.organizations, signal);
  }
  if (connection === null) throw new Unknown("connection", name);
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
  await store(window, action, ports, signal);
  return window;
}

/**
 * Ends the connection's window now; nothing happens when none is open.
 * @returns the connection's last window; null when there has never been one
 * @throws {Unknown} when the connection neither exists nor ever had a window
 * @throws {AuditIncomplete} when the window is closed without an audit entry
 */
export async function closeRelinkWindow(
  name: string,
  ports: Administration,
  signal: AbortSignal,
): Promise<RelinkWindow | null> {
  const now = ports.now();
  const present = await findRelinkWindow(name, ports, signal);
  if (present === null || !isOpen(present, now)) return present;
  const at = now.toISOString();
  const connection = enabledOf(await ports.organizations.findConnection(name, signal));
  const organizationId = connection?.organizationId ?? null;
  const window = { ...present, until: at };
  await store(window, { at, action: "relink-window-closed", organizationId }, ports, signal);
  return window;
}

/** The seats that were taken over, and the users that a merger let in, since the window was opened. */
export async function listTakenOver(
  window: RelinkWindow,
  { audit, now }: Administration,
  signal: AbortSignal,
): Promise<readonly AuditEntry[]> {
  const entries = await audit.list({ since: new Date(window.openedAt), until: now() }, signal);
  return entries.filter(
    ({ action, connection, rule }) =>
      (action === "seat-taken-over" || (action === "identity-allowed" && rule === "merger")) &&
      connection === window.connection,
  );
}

async function store(
  window: RelinkWindow,
  about: Pick<AuditEntry, "at" | "action" | "organizationId">,
  ports: Administration,
  signal: AbortSignal,
): Promise<void> {
  await ports.windows.put(window, signal);
  const action = { ...about, connection: window.connection };
  // The organization whose users it is open to has an entry too.
  const merger = window.from === null ? [] : [{ ...action, organizationId: window.from }];
  await recordActions([action, ...merger], ports, signal);
}
