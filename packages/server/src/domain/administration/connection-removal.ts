import type { RegisteredConnection } from "../organization.ts";
import { newRevision } from "../revision.ts";
import { type Decision, storing } from "../transaction.ts";
import type { OrganizationStores } from "./administration.ts";
import type { ConnectionSetup } from "./connection-setup.ts";
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
 * Tells Auth0 of a removal, which ends the wizard and the organization's use, and may be repeated.
 * @throws {Refusal} AUTH0_UNAVAILABLE
 */
export async function settleRemoval(
  { removed: { name, origin, auth0Id, organizationId }, setup }: Removal,
  ports: OrganizationStores,
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
