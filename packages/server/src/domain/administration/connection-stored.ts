import type { Organization, OrganizationId, RegisteredConnection } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import { newRevision } from "../revision.ts";
import { type Changes, type Decision, transact, type Write } from "../transaction.ts";
import type { OrganizationStores } from "./administration.ts";
import { type ConnectionSetup, type ConnectionView, SETUP_MS } from "./connection-setup.ts";

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
  { connections }: Pick<OrganizationStores, "connections">,
  signal: AbortSignal,
): Promise<Named> {
  // In this order: a set-up ends as its connection is stored.
  const setup = await connections.findSetup(id, signal);
  const stored = await connections.find(name, signal);
  return { stored, setup: setup?.name === name ? setup : null };
}

/**
 * @returns the organization's connection, also a removed one; null while it is being set up
 * @throws {Refusal} NOT_FOUND for another organization's name, as for one that does not exist
 */
export function requireNamed(
  id: OrganizationId,
  { stored, setup }: Named,
):
  | (Named & { readonly stored: RegisteredConnection })
  | { readonly stored: null; readonly setup: ConnectionSetup } {
  if (stored === null && setup !== null) return { stored, setup };
  if (stored?.organizationId !== id) throw noConnection();
  return { stored, setup };
}

/**
 * What the organization shows under a name; with the set-up where the connection is still being set up.
 * @throws {Refusal} NOT_FOUND, also for a removed connection
 */
export function shown(
  id: OrganizationId,
  named: Named,
): { readonly view: ConnectionView; readonly setup: ConnectionSetup | null } {
  const { stored, setup } = requireNamed(id, named);
  return stored === null
    ? { view: viewOfSetup(setup), setup }
    : { view: viewOfConnection(stored), setup: null };
}

/** @throws {Refusal} NOT_A_MEMBER for one that is gone */
export async function findOrganization(
  id: OrganizationId,
  { organizations }: Pick<OrganizationStores, "organizations">,
  signal: AbortSignal,
): Promise<Organization> {
  const organization = await organizations.find(id, signal);
  if (organization === null) throw new Refusal("NOT_A_MEMBER", "the organization does not exist any more");
  return organization;
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
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<Result> {
  const read = () => findNamed(organizationId, name, ports, signal);
  return transact({ read, decide }, ports.transactions, signal);
}

/** What changes nothing but a set-up. */
export function setupChange(next: ConnectionSetup | null, present: ConnectionSetup | null): Changes {
  return { writes: [{ item: "setup", next, present }], unchanged: [], audit: [] };
}

export async function deleteSetup(
  setup: ConnectionSetup,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<void> {
  const decide = ({ setup: present }: Named) => ({
    changes: present === null ? null : setupChange(null, present),
    result: null,
  });
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
  return {
    ...{ name, strategy: null, displayName, state: "pending", waitingFor, testedAt: null },
    origin: "self-service",
  };
}

/** The same for an unknown name and for another organization's. */
export function noConnection(): Refusal {
  return new Refusal("NOT_FOUND", "the organization has no connection of this name", {
    hint: "the organization has no connection of this name; see the list of its connections",
  });
}

export function refusedByRole(hint: string): Refusal {
  return new Refusal("ROLE_REQUIRED", hint, { hint });
}

export function notReady(hint: string): Refusal {
  return new Refusal("NOT_READY", hint, { hint });
}
