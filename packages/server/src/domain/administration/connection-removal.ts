import type { RegisteredConnection } from "../organization.ts";
import { newRevision } from "../revision.ts";
import { type Decision, storing } from "../transaction.ts";
import type { OrganizationStores } from "./administration.ts";
import type { Auth0Tenant, ConnectionSetup } from "./connection-setup.ts";
import { connectionOf, deleteSetup, isTicketOver } from "./connection-stored.ts";
import { type Actor, entryBy } from "./standing.ts";

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
export function endOfSetup(
  setup: ConnectionSetup,
  actor: Actor,
  at: string,
): Decision<Removal & { readonly setup: ConnectionSetup }> {
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
 * Tells Auth0 of a removal, and may be repeated.
 * @throws {Refusal} AUTH0_UNAVAILABLE
 */
export async function settleRemoval(
  removal: Removal,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<void> {
  const { setup } = removal;
  if (ports.auth0 !== null) await withdraw(removal, ports.auth0, ports, signal);
  // Without Auth0 its ticket may be open, and its id is kept for a process that can end it.
  if (setup !== null && (ports.auth0 !== null || isTicketOver(setup, ports.now())))
    await deleteSetup(setup, ports, signal);
}

/** Ends the wizard and the organization's use. A connection that was never finished here may exist at Auth0 all the same. */
async function withdraw(
  { removed: { name, origin, auth0Id, organizationId }, setup }: Removal,
  auth0: Auth0Tenant,
  { organizations }: OrganizationStores,
  signal: AbortSignal,
): Promise<void> {
  if (origin === "operator") return;
  if (setup !== null && setup.ticketId !== null) await auth0.revokeTicket(setup.ticketId, signal);
  const connectionId = auth0Id ?? (await auth0.findConnection(name, signal))?.id;
  if (connectionId === undefined) return;
  const auth0OrgId = (await organizations.find(organizationId, signal))?.auth0OrgId ?? null;
  if (auth0OrgId !== null) await auth0.withdraw(auth0OrgId, connectionId, signal);
}
