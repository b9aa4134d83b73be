import { type AuditEntry, auditEntry } from "../audit.ts";
import { isOpen, type RelinkWindow } from "../identity/relink-window.ts";
import { enabledOf, type OrganizationId } from "../organization.ts";
import { Refusal, Unknown } from "../refusal.ts";
import { newRevision } from "../revision.ts";
import { type Changes, transact } from "../transaction.ts";
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
  const read = async () => ({
    connection: enabledOf(await ports.organizations.findConnection(name, signal)),
    present: await ports.windows.find(name, signal),
    source: from === null ? null : await ports.organizations.find(from, signal),
  });
  const decide = ({ connection, present, source }: Awaited<ReturnType<typeof read>>) => {
    if (from !== null && connection?.organizationId === from)
      throw new RelinkWindowRefused("own-organization");
    if (from !== null && source === null) throw new Unknown("organization", from);
    if (connection === null) throw new Unknown("connection", name);
    const { organizationId } = connection;
    const open = present?.organizationId === organizationId && isOpen(present, now) ? present : null;
    const openedAt = open?.openedAt ?? now.toISOString();
    const period = { connection: name, organizationId, openedAt, until: until.toISOString() };
    const next = { ...period, from: from ?? open?.from ?? null, rev: newRevision() };
    const about = { at: now.toISOString(), action: "relink-window-opened", organizationId } as const;
    return { changes: changesOf(next, present, about, ports), result: next };
  };
  return transact({ read, decide }, ports.transactions, signal);
}

/**
 * Ends the connection's window now; nothing happens when none is open.
 * @returns the connection's last window; null when there has never been one
 * @throws {Unknown} when the connection neither exists nor ever had a window
 */
export async function closeRelinkWindow(
  name: string,
  ports: Administration,
  signal: AbortSignal,
): Promise<RelinkWindow | null> {
  const now = ports.now();
  const at = now.toISOString();
  const read = async () => ({
    present: await findRelinkWindow(name, ports, signal),
    connection: enabledOf(await ports.organizations.findConnection(name, signal)),
  });
  const decide = ({ present, connection }: Awaited<ReturnType<typeof read>>) => {
    if (present === null || !isOpen(present, now)) return { changes: null, result: present };
    const next = { ...present, until: at, rev: newRevision() };
    const organizationId = connection?.organizationId ?? null;
    const about = { at, action: "relink-window-closed", organizationId } as const;
    return { changes: changesOf(next, present, about, ports), result: next };
  };
  return transact({ read, decide }, ports.transactions, signal);
}

/** The seats that were taken over, and the users that a merger let in, since the window was opened. */
export async function listTakenOver(
  window: RelinkWindow,
  { audit, now }: Administration,
  signal: AbortSignal,
): Promise<readonly AuditEntry[]> {
  const found: AuditEntry[] = [];
  for await (const entry of audit.list({ since: new Date(window.openedAt), until: now() }, signal)) {
    const { action, connection, rule } = entry;
    const isTakenOver = action === "seat-taken-over" || (action === "identity-allowed" && rule === "merger");
    if (isTakenOver && connection === window.connection) found.push(entry);
  }
  return found;
}

function changesOf(
  next: RelinkWindow,
  present: RelinkWindow | null,
  about: Pick<AuditEntry, "at" | "action" | "organizationId">,
  { actor }: Administration,
): Changes {
  const entry = auditEntry({ ...about, actor, connection: next.connection });
  // The organization whose users it is open to has an entry too, unless the connection is its own by now.
  const isAnother = next.from !== null && next.from !== about.organizationId;
  const merger = isAnother ? [{ ...entry, organizationId: next.from }] : [];
  return { writes: [{ item: "window", next, present }], unchanged: [], audit: [entry, ...merger] };
}
