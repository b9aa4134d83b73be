import { auditEntry } from "../audit.ts";
import type { RegisteredConnection } from "../organization.ts";
import { newRevision } from "../revision.ts";
import { type Decision, transact } from "../transaction.ts";
import type { OrganizationStores } from "./administration.ts";
import type { Auth0Tenant, ConnectionSetup } from "./connection-setup.ts";
import {
  deleteSetup,
  findNamed,
  findOrganization,
  isTicketOver,
  noConnection,
  notReady,
  refusedByRole,
  requireNamed,
  withConnection,
} from "./connection-stored.ts";
import type { Actor, Owner } from "./standing.ts";
import { missingWithoutConnection } from "./ways-in.ts";

/** What is removed here, and Auth0 has still to hear of. */
export interface Removal {
  readonly removed: RegisteredConnection;
  /** The set-up that it was; null for a connection that was enabled once. */
  readonly setup: ConnectionSetup | null;
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
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<void> {
  const { id } = owner.organization;
  const at = ports.now().toISOString();
  const removal = await transact(
    {
      async read() {
        const organization = await findOrganization(id, ports, signal);
        const named = await findNamed(id, name, ports, signal);
        const missing = await missingWithoutConnection(owner, organization, named.stored, ports, signal);
        return { organization, named, missing };
      },
      decide({ organization, named, missing }): Decision<Removal> {
        const { stored, setup } = requireNamed(id, named);
        if (stored === null) return endOfSetup(setup, { ...owner, at });
        if (stored.origin === "operator" && owner.userId !== null) {
          throw stored.state === "removed"
            ? noConnection()
            : refusedByRole(
                "operators of this platform have registered this connection; ask them to remove it",
              );
        }
        if (stored.state === "removed") return { changes: null, result: { removed: stored, setup } };
        if (missing !== null) throw notReady(missing);
        return endOfConnection(stored, { ...owner, organization, at });
      },
    },
    ports.transactions,
    signal,
  );
  await settleRemoval(removal, ports, signal);
}

function endOfConnection(
  present: RegisteredConnection,
  { organization, actor, via, at }: Actor & { readonly at: string },
): Decision<Removal> {
  const { name, strategy, displayName, organizationId } = present;
  const removed = { ...present, state: "removed", rev: newRevision() } as const;
  const about = { organizationId, connection: name, before: { strategy, displayName } };
  const changes = {
    writes: [{ item: "connection", next: removed, present } as const, withConnection(organization, removed)],
    unchanged: [],
    audit: [auditEntry({ at, actor, via, action: "connection-removed", ...about })],
  };
  return { changes, result: { removed, setup: null } };
}

/**
 * Stores a removed connection in the place of the one that is being set up, so that no call that is just finishing it can
 * enable it. The set-up stays until Auth0 knows, see {@link settleRemoval}; its new revision keeps a call that is just
 * beginning it from storing a ticket.
 */
export function endOfSetup(
  setup: ConnectionSetup,
  { actor, via, at }: Pick<Actor, "actor" | "via"> & { readonly at: string },
): Decision<Removal & { readonly setup: ConnectionSetup }> {
  const { name, displayName, organizationId } = setup;
  const removed: RegisteredConnection = {
    ...{ name, strategy: "", displayName, organizationId, state: "removed", origin: "self-service" },
    ...{ auth0Id: null, testedAt: null, rev: newRevision() },
  };
  const ended = { ...setup, rev: newRevision() };
  const about = { organizationId, connection: name, before: { displayName } };
  const changes = {
    writes: [
      { item: "connection", next: removed, present: null },
      { item: "setup", next: ended, present: setup },
    ] as const,
    unchanged: [],
    audit: [auditEntry({ at, actor, via, action: "connection-removed", ...about })],
  };
  return { changes, result: { removed, setup: ended } };
}

/**
 * Tells Auth0 of a removal, and may be repeated.
 * @throws {Refusal} AUTH0_UNAVAILABLE
 */
export async function settleRemoval(
  { removed, setup }: Removal,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<void> {
  const { auth0 } = ports;
  if (auth0 !== null) await withdraw({ removed, setup }, { ...ports, auth0 }, signal);
  // Without Auth0 its ticket may be open, and its id is kept for a process that can end it.
  if (setup !== null && (auth0 !== null || isTicketOver(setup, ports.now())))
    await deleteSetup(setup, ports, signal);
}

/** Ends the wizard and the organization's use. A connection that was never finished here may exist at Auth0 all the same. */
async function withdraw(
  { removed: { name, origin, auth0Id, organizationId }, setup }: Removal,
  { organizations, auth0 }: OrganizationStores & { readonly auth0: Auth0Tenant },
  signal: AbortSignal,
): Promise<void> {
  if (origin === "operator") return;
  if (setup !== null && setup.ticketId !== null) await auth0.revokeTicket(setup.ticketId, signal);
  const connectionId = auth0Id ?? (await auth0.findConnection(name, signal))?.id;
  if (connectionId === undefined) return;
  const auth0OrgId = (await organizations.find(organizationId, signal))?.auth0OrgId ?? null;
  if (auth0OrgId !== null) await auth0.withdraw(auth0OrgId, connectionId, signal);
}
