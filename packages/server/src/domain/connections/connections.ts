import { differenceOf } from "../audit.ts";
import { type Actor, type Administrator, entryBy, type Owner } from "../membership/standing.ts";
import { findOrganization, type RegisteredConnection } from "../organization.ts";
import { type Refusal, refusal } from "../refusal.ts";
import { newRevision } from "../revision.ts";
import { type Decision, storing } from "../transaction.ts";
import type { ConnectionPorts, ConnectionSetup, ConnectionView } from "./setup.ts";
import {
  connectionOf,
  connectionWrites,
  decideOnOwn,
  deleteSetup,
  isTicketOver,
  noConnection,
  type Own,
  requireFinished,
  viewOfConnection,
  viewOfSetup,
} from "./stored.ts";

/** The connections and the one that is being set up, by name. */
export async function listConnections(
  { organization: { id } }: Administrator,
  ports: ConnectionPorts,
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
  { name, displayName, enabled }: ConnectionChange,
  ports: ConnectionPorts,
  signal: AbortSignal,
): Promise<ConnectionView> {
  if (enabled !== undefined && administrator.role !== "owner")
    throw refusal("ROLE_REQUIRED", "only an owner switches connections on and off");
  const about = { name, takesAway: enabled === false };
  return decideOnOwn(administrator, about, ports, signal, ({ organization, missing, ...named }) => {
    const present = requireFinished(organization.id, named, "finish it, or remove it");
    if (isOfOperators(present, administrator)) throw askOperators("change");
    const state = enabled === undefined ? present.state : enabled ? "enabled" : "disabled";
    // What was seen before it was off says nothing about it now.
    const testedAt = enabled === true && present.state === "disabled" ? null : present.testedAt;
    const wanted = { ...present, displayName: displayName ?? present.displayName, state, testedAt } as const;
    const difference = differenceOf(["displayName", "state"], present, wanted);
    if (difference === null) return { changes: null, result: viewOfConnection(present) };
    if (missing !== null) throw refusal("NOT_READY", missing);
    const next = { ...wanted, rev: newRevision() };
    const switched = state === "disabled" ? "connection-disabled" : "connection-enabled";
    const action = state === present.state ? "connection-updated" : switched;
    const at = ports.now().toISOString();
    const entry = entryBy(administrator, { at, action, connection: name, ...difference });
    return storing(connectionWrites(next, present, organization), [entry], viewOfConnection(next));
  });
}

/**
 * Removes a connection or its set-up: first here, so that its tokens are refused, then the organization's use of it at
 * Auth0. There it stays with its users until an operator deletes it. Removing it again does what is still to do.
 * @throws {Refusal} NOT_FOUND; ROLE_REQUIRED for an operator's connection; NOT_READY where nobody could sign in
 * afterwards; AUTH0_UNAVAILABLE, after which it is removed here and the call can be repeated
 */
export async function removeConnection(
  owner: Owner,
  name: string,
  ports: ConnectionPorts,
  signal: AbortSignal,
): Promise<void> {
  const decide = ({ organization, stored, setup, missing }: Own): Decision<Removal> => {
    const at = ports.now().toISOString();
    if (stored === null && setup !== null) return endOfSetup(setup, owner, at);
    if (stored?.organizationId !== organization.id) throw noConnection();
    const isRemoved = stored.state === "removed";
    if (isOfOperators(stored, owner)) throw isRemoved ? noConnection() : askOperators("remove");
    if (isRemoved) return { changes: null, result: { removed: stored, setup } };
    if (missing !== null) throw refusal("NOT_READY", missing);
    const removed = { ...stored, state: "removed", rev: newRevision() } as const;
    const { strategy, displayName } = stored;
    const about = { connection: name, before: { strategy, displayName } };
    const entry = entryBy(owner, { at, action: "connection-removed", ...about });
    return storing(connectionWrites(removed, stored, organization), [entry], { removed, setup: null });
  };
  const removal = await decideOnOwn(owner, { name, takesAway: true }, ports, signal, decide);
  await settleRemoval(removal, ports, signal);
}

/** What is removed here, and Auth0 has still to hear of. */
export interface Removal {
  readonly removed: RegisteredConnection;
  /** The set-up that it was; null for a connection that was enabled once. */
  readonly setup: ConnectionSetup | null;
}

/**
 * Stores a removed connection in the place of the one that is being set up, so that no call that is just finishing it can
 * enable it. The set-up stays until Auth0 knows, see {@link settleRemoval}; its new revision keeps a call that is just
 * beginning it from storing a ticket.
 * @param at ISO 8601, UTC
 */
export function endOfSetup(setup: ConnectionSetup, actor: Actor, at: string): Decision<Removal> {
  const { name, displayName } = setup;
  const removed = connectionOf(setup, { strategy: "", auth0Id: null, state: "removed" });
  const ended = { ...setup, rev: newRevision() };
  const about = { connection: name, before: { displayName } };
  return storing(
    [
      { item: "connection", next: removed, present: null },
      { item: "setup", next: ended, present: setup },
    ],
    [entryBy(actor, { at, action: "connection-removed", ...about })],
    { removed, setup: ended },
  );
}

/**
 * Tells Auth0 of a removal, which ends the wizard and the organization's use, and may be repeated.
 * @throws {Refusal} AUTH0_UNAVAILABLE
 */
export async function settleRemoval(
  { removed: { name, origin, auth0Id, organizationId }, setup }: Removal,
  ports: ConnectionPorts,
  signal: AbortSignal,
): Promise<void> {
  const { auth0, organizations } = ports;
  if (auth0 !== null && origin === "self-service") {
    if (setup !== null && setup.ticketId !== null) await auth0.revokeTicket(setup.ticketId, signal);
    // One that was never finished here may exist at Auth0 all the same.
    const id = auth0Id ?? (await auth0.findConnection(name, signal))?.id;
    const organization = id === undefined ? null : await organizations.find(organizationId, signal);
    const auth0OrgId = organization?.auth0OrgId ?? null;
    if (id !== undefined && auth0OrgId !== null) await auth0.withdraw(auth0OrgId, id, signal);
  }
  // Without Auth0 its ticket may be open, and its id is kept for a process that can end it.
  if (setup !== null && (auth0 !== null || isTicketOver(setup, ports.now())))
    await deleteSetup(setup, ports, signal);
}

function isOfOperators({ origin }: RegisteredConnection, { userId }: Actor): boolean {
  return origin === "operator" && userId !== null;
}

function askOperators(what: string): Refusal {
  const hint = `operators of this platform have registered this connection; ask them to ${what} it`;
  return refusal("ROLE_REQUIRED", hint);
}
