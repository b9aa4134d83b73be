import { auditEntry } from "../audit.ts";
import type { RegisteredConnection } from "../organization.ts";
import { newRevision } from "../revision.ts";
import { type Decision, transact } from "../transaction.ts";
import type { OrganizationStores } from "./administration.ts";
import type { ConnectionView } from "./connection-setup.ts";
import {
  findNamed,
  findOrganization,
  noConnection,
  notReady,
  refusedByRole,
  requireNamed,
  viewOfConnection,
  viewOfSetup,
  withConnection,
} from "./connection-stored.ts";
import type { Actor, Administrator } from "./standing.ts";
import { missingWithoutConnection } from "./ways-in.ts";

/** The connections and the one that is being set up, by name. */
export async function listConnections(
  { organization: { id } }: Administrator,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<ConnectionView[]> {
  // In this order: a set-up ends as its connection is stored.
  const setup = await ports.connections.findSetup(id, signal);
  const { connections: names } = await findOrganization(id, ports, signal);
  const all = setup === null ? names : [...new Set([...names, setup.name])];
  const stored = await ports.connections.findMany(all, signal);
  const views = stored
    .filter(({ organizationId, state }) => organizationId === id && state !== "removed")
    .map(viewOfConnection);
  if (setup !== null && !stored.some(({ name }) => name === setup.name)) views.push(viewOfSetup(setup));
  return views.sort((a, b) => (a.name < b.name ? -1 : 1));
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
 */
export async function updateConnection(
  administrator: Administrator,
  change: ConnectionChange,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<ConnectionView> {
  const { organization, role } = administrator;
  const { name, enabled } = change;
  const { id } = organization;
  if (enabled !== undefined && role !== "owner") {
    throw refusedByRole("only an owner switches connections on and off");
  }
  const at = ports.now().toISOString();
  return transact(
    {
      async read() {
        const present = await findOrganization(id, ports, signal);
        const named = await findNamed(id, name, ports, signal);
        const missing =
          enabled === false
            ? await missingWithoutConnection(administrator, present, named.stored, ports, signal)
            : null;
        return { organization: present, named, missing };
      },
      decide({ organization, named, missing }): Decision<ConnectionView> {
        const { stored: present } = requireNamed(id, named);
        if (present === null) throw notReady("the connection is being set up: finish it, or remove it");
        if (present.state === "removed") throw noConnection();
        if (present.origin === "operator" && administrator.userId !== null) {
          throw refusedByRole(
            "operators of this platform have registered this connection; ask them to change it",
          );
        }
        const wanted = changed(present, change);
        if (wanted.state === present.state && wanted.displayName === present.displayName)
          return { changes: null, result: viewOfConnection(present) };
        if (missing !== null) throw notReady(missing);
        return replaced(present, wanted, { ...administrator, organization, at });
      },
    },
    ports.transactions,
    signal,
  );
}

function changed(
  present: RegisteredConnection,
  { displayName = present.displayName, enabled }: ConnectionChange,
): RegisteredConnection {
  const state = enabled === undefined ? present.state : enabled ? "enabled" : "disabled";
  // What was seen before it was off says nothing about it now.
  const testedAt = enabled === true && present.state === "disabled" ? null : present.testedAt;
  return { ...present, displayName, state, testedAt, rev: newRevision() };
}

function replaced(
  present: RegisteredConnection,
  next: RegisteredConnection,
  { organization, actor, via, at }: Actor & { readonly at: string },
): Decision<ConnectionView> {
  const { organizationId, name } = present;
  const isSwitched = next.state !== present.state;
  const switched = next.state === "disabled" ? "connection-disabled" : "connection-enabled";
  const action = isSwitched ? switched : "connection-updated";
  const about = { organizationId, connection: name, ...difference(present, next) };
  const connection = { item: "connection", next, present } as const;
  const changes = {
    writes: isSwitched ? [connection, withConnection(organization, next)] : [connection],
    unchanged: [],
    audit: [auditEntry({ at, actor, via, action, ...about })],
  };
  return { changes, result: viewOfConnection(next) };
}

/** Of display name and state, what differs. */
function difference(before: RegisteredConnection, after: RegisteredConnection) {
  const changed = (["displayName", "state"] as const).filter((field) => before[field] !== after[field]);
  const pick = (of: RegisteredConnection) => Object.fromEntries(changed.map((field) => [field, of[field]]));
  return { before: pick(before), after: pick(after) };
}
