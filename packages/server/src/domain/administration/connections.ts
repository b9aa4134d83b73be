import { auditEntry } from "../audit.ts";
import type { RegisteredConnection } from "../organization.ts";
import { newRevision } from "../revision.ts";
import type { OrganizationStores } from "./administration.ts";
import { finishSetup, settleSetup } from "./connection-finish.ts";
import {
  findNamed,
  listRegistered,
  noConnection,
  notReady,
  record,
  refusedByRole,
  viewOfConnection,
  viewOfSetup,
} from "./connection-ledger.ts";
import type { ConnectionView } from "./connection-setup.ts";
import type { Administrator } from "./standing.ts";
import { leaveConnection } from "./ways-in.ts";

/** The connections and the one that is being set up, by name. What was written within the last second may be missing. */
export async function listConnections(
  { organization: { id } }: Administrator,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<ConnectionView[]> {
  const ledger = await ports.connections.findLedger(id, signal);
  const { setup } = ledger;
  const [registered, stored] = await Promise.all([
    listRegistered(id, ledger, ports, signal),
    setup === null ? null : ports.connections.find(setup.name, signal),
  ]);
  const views = registered.map(viewOfConnection);
  // After a crash, a set-up may still be here whose connection is stored.
  const isListed = registered.some(({ name }) => name === setup?.name);
  if (stored !== null && stored.state !== "removed" && !isListed) views.push(viewOfConnection(stored));
  if (setup !== null && stored === null) views.push(viewOfSetup(setup));
  return views.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * One connection. One that is being set up is finished here, if Auth0 has all of it; Auth0 is asked at most every 5 s.
 * @throws {Refusal} NOT_FOUND; AUTH0_UNAVAILABLE
 * @throws {AuditIncomplete} when it is enabled without an audit entry
 */
export async function getConnection(
  administrator: Administrator,
  name: string,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<ConnectionView> {
  for (;;) {
    const { stored, setup, ledger } = await findNamed(administrator.organization.id, name, ports, signal);
    if (stored !== null) {
      if (stored.state === "removed") throw noConnection();
      if (setup !== null) await settleSetup(stored, setup, ports, signal);
      return viewOfConnection(stored);
    }
    if (setup === null) throw noConnection();
    const pending = await finishSetup(administrator, { ledger, setup }, ports, signal);
    if (pending !== null) return viewOfSetup(pending);
  }
}

/** What is to change of a connection. */
export interface ConnectionChange {
  readonly name: string;
  readonly displayName?: string | undefined;
  readonly enabled?: boolean | undefined;
}

/**
 * Renames a connection, or switches it off or on again, which is the owner's.
 * @throws {Refusal} NOT_FOUND; ROLE_REQUIRED, also for an operator's connection; NOT_READY where nobody could sign in
 * afterwards, and for one that is being set up
 * @throws {AuditIncomplete} when it is changed without an audit entry
 */
export async function updateConnection(
  administrator: Administrator,
  { name, displayName, enabled }: ConnectionChange,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<ConnectionView> {
  const { organization, role, userId, actor, via } = administrator;
  if (enabled !== undefined && role !== "owner") {
    throw refusedByRole("only an owner switches connections on and off");
  }
  const at = ports.now().toISOString();
  for (;;) {
    const { stored: present } = await findNamed(organization.id, name, ports, signal);
    if (present === null) throw notReady("the connection is being set up: finish it, or remove it");
    if (present.state === "removed") throw noConnection();
    if (present.origin === "operator" && userId !== null) {
      throw refusedByRole(
        "operators of this platform have registered this connection; ask them to change it",
      );
    }
    const wanted: RegisteredConnection = {
      ...present,
      displayName: displayName ?? present.displayName,
      state: enabled === undefined ? present.state : enabled ? "enabled" : "disabled",
      isLeaving: enabled === undefined && present.isLeaving,
      // What was seen before it was off says nothing about it now.
      testedAt: enabled === true && present.state === "disabled" ? null : present.testedAt,
    };
    const isSwitched = wanted.state !== present.state;
    if (!isSwitched && wanted.displayName === present.displayName && wanted.isLeaving === present.isLeaving) {
      await record([present.change], ports, signal);
      return viewOfConnection(present);
    }
    const isOff = isSwitched && wanted.state === "disabled";
    const leaving = isOff ? await leaveConnection(administrator, present, ports, signal) : present;
    if (leaving === null) continue;
    const action = !isSwitched ? "connection-updated" : isOff ? "connection-disabled" : "connection-enabled";
    const about = { organizationId: organization.id, connection: name, ...difference(present, wanted) };
    const isSeen = isSwitched || wanted.displayName !== present.displayName;
    const change = isSeen ? auditEntry({ at, actor, via, action, ...about }) : present.change;
    const next = { ...wanted, rev: newRevision(), change };
    if (!(await ports.connections.replace(next, leaving, signal))) continue;
    await record([change], ports, signal);
    return viewOfConnection(next);
  }
}

/** Of display name and state, what differs. */
function difference(before: RegisteredConnection, after: RegisteredConnection) {
  const changed = (["displayName", "state"] as const).filter((field) => before[field] !== after[field]);
  const pick = (of: RegisteredConnection) => Object.fromEntries(changed.map((field) => [field, of[field]]));
  return { before: pick(before), after: pick(after) };
}
