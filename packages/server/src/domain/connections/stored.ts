import type { Actor } from "../membership/standing.ts";
import { missingWithoutConnection } from "../membership/ways-in.ts";
import {
  findOrganization,
  type Organization,
  type OrganizationId,
  type RegisteredConnection,
} from "../organization.ts";
import { type Refusal, refusal } from "../refusal.ts";
import { newRevision } from "../revision.ts";
import { type Decision, storing, transact, type Write } from "../transaction.ts";
import { type ConnectionPorts, type ConnectionSetup, type ConnectionView, SETUP_MS } from "./setup.ts";

/** What is stored under a name. */
export interface Named {
  /** Also a removed one, and another organization's. */
  readonly stored: RegisteredConnection | null;
  /** The organization's set-up of this name; beside a removed connection, Auth0 does not know yet. */
  readonly setup: ConnectionSetup | null;
}

export async function findNamed(
  id: OrganizationId,
  name: string,
  { connections }: ConnectionPorts,
  signal: AbortSignal,
): Promise<Named> {
  // In this order: a set-up ends as its connection is stored.
  const setup = await connections.findSetup(id, signal);
  const stored = await connections.find(name, signal);
  return { stored, setup: setup?.name === name ? setup : null };
}

/**
 * What the organization shows under a name; with the set-up where the connection is still being set up.
 * @throws {Refusal} NOT_FOUND, also for a removed connection
 */
export function shown(
  id: OrganizationId,
  { stored, setup }: Named,
): { readonly view: ConnectionView; readonly setup: ConnectionSetup | null } {
  if (stored === null && setup !== null) return { view: viewOfSetup(setup), setup };
  if (stored?.organizationId !== id) throw noConnection();
  return { view: viewOfConnection(stored), setup: null };
}

/**
 * The organization's connection of a name.
 * @param first what to do first with one that is being set up
 * @throws {Refusal} NOT_READY for such a one; NOT_FOUND, also for a removed connection
 */
export function requireFinished(
  id: OrganizationId,
  { stored, setup }: Named,
  first: string,
): RegisteredConnection {
  const hint = `the connection is being set up: ${first}`;
  if (stored === null && setup !== null) throw refusal("NOT_READY", hint);
  if (stored?.organizationId !== id || stored.state === "removed") throw noConnection();
  return stored;
}

/** The connection that a set-up ends as. */
export function connectionOf(
  { name, displayName, organizationId }: ConnectionSetup,
  end: Pick<RegisteredConnection, "strategy" | "auth0Id" | "state">,
): RegisteredConnection {
  const route = { name, displayName, organizationId, ...end };
  return { ...route, origin: "self-service", testedAt: null, rev: newRevision() };
}

/**
 * Writes a connection, and its organization where it joins it, leaves it or is switched, or is described otherwise: a
 * declaration that holds is known by the organization's revision.
 */
export function connectionWrites(
  next: RegisteredConnection,
  present: RegisteredConnection | null,
  organization: Organization,
): readonly Write[] {
  const connection: Write = { item: "connection", next, present };
  const isSame = (["organizationId", "state", "strategy", "displayName"] as const).every(
    (field) => present?.[field] === next[field],
  );
  return isSame ? [connection] : [connection, withConnection(organization, next)];
}

/** The organization after a change of its connection: with its name, unless the connection is removed. */
export function withConnection(
  present: Organization,
  { name, state }: Pick<RegisteredConnection, "name" | "state">,
): Write {
  const others = present.connections.filter((each) => each !== name);
  const kept = others.length < present.connections.length ? present.connections : [...others, name];
  const connections = state === "removed" ? others : kept;
  return { item: "organization", next: { ...present, connections, rev: newRevision() }, present };
}

/** Decides on what is stored under a name of the organization. */
export function decideOn<Result>(
  { organizationId, name }: Pick<ConnectionSetup, "organizationId" | "name">,
  decide: (named: Named) => Decision<Result>,
  ports: ConnectionPorts,
  signal: AbortSignal,
): Promise<Result> {
  const read = () => findNamed(organizationId, name, ports, signal);
  return transact({ read, decide }, ports.transactions, signal);
}

/** With the organization, and what would be missing without the connection; null for nothing. */
export interface Own extends Named {
  readonly organization: Organization;
  readonly missing: string | null;
}

/**
 * Decides on a connection of the organization and on the organization itself, which is read first.
 * @param about whether the decision takes the connection away from those who sign in through it
 */
export function decideOnOwn<Result>(
  actor: Actor,
  { name, takesAway }: { readonly name: string; readonly takesAway: boolean },
  ports: ConnectionPorts,
  signal: AbortSignal,
  decide: (own: Own) => Decision<Result>,
): Promise<Result> {
  const read = async () => {
    const organization = await findOrganization(actor.organization.id, ports, signal);
    const named = await findNamed(organization.id, name, ports, signal);
    const missing = takesAway
      ? await missingWithoutConnection(actor, organization, named.stored, ports, signal)
      : null;
    return { ...named, organization, missing };
  };
  return transact({ read, decide }, ports.transactions, signal);
}

export async function deleteSetup(
  setup: ConnectionSetup,
  ports: ConnectionPorts,
  signal: AbortSignal,
): Promise<void> {
  const decide = ({ setup: present }: Named) =>
    present === null
      ? { changes: null, result: null }
      : storing([{ item: "setup", next: null, present }], [], null);
  await decideOn(setup, decide, ports, signal);
}

/** Whether a set-up has no ticket any more that somebody could use: Auth0 has made none, or it has expired. */
export function isTicketOver({ ticketId, startedAt }: ConnectionSetup, now: Date): boolean {
  return ticketId === null || now.getTime() - Date.parse(startedAt) >= SETUP_MS;
}

/** @throws {Refusal} NOT_FOUND for a removed connection, which nobody sees */
export function viewOfConnection(connection: RegisteredConnection): ConnectionView {
  const { name, strategy, displayName, state, testedAt, origin } = connection;
  if (state === "removed") throw noConnection();
  return { name, strategy, displayName, state, waitingFor: null, testedAt, origin };
}

export function viewOfSetup({ name, displayName, waitingFor }: ConnectionSetup): ConnectionView {
  const view = { name, strategy: null, displayName, waitingFor, testedAt: null };
  return { ...view, state: "pending", origin: "self-service" };
}

/** The same for an unknown name and for another organization's. */
export function noConnection(): Refusal {
  const hint = "the organization has no connection of this name; see the list of its connections";
  return refusal("NOT_FOUND", hint);
}
