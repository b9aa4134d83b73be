import { auditEntry } from "../audit.ts";
import type { OrganizationId, RegisteredConnection } from "../organization.ts";
import { newRevision } from "../revision.ts";
import type { OrganizationStores } from "./administration.ts";
import {
  changeLedger,
  findNamed,
  isTicketOver,
  noConnection,
  record,
  refusedByRole,
} from "./connection-ledger.ts";
import type { Auth0Tenant, ConnectionSetup } from "./connection-setup.ts";
import type { Actor, Owner } from "./standing.ts";
import { leaveConnection } from "./ways-in.ts";

/**
 * Removes a connection or its set-up: first here, so that its tokens are refused, then the organization's use of it at
 * Auth0. There it stays with its users until an operator deletes it. Removing it again does what is still to do.
 * @throws {Refusal} NOT_FOUND; ROLE_REQUIRED for an operator's connection; NOT_READY where nobody could sign in
 * afterwards; AUTH0_UNAVAILABLE, after which it is removed here and the call can be repeated
 * @throws {AuditIncomplete} when it is removed without an audit entry
 */
export async function removeConnection(
  owner: Owner,
  name: string,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<void> {
  const { organization } = owner;
  for (;;) {
    const { stored, setup } = await findNamed(organization.id, name, ports, signal);
    const removed =
      stored !== null
        ? await removeStored(owner, stored, ports, signal)
        : setup !== null && (await endSetup(setup, organization.id, owner, ports, signal));
    if (removed) return settleRemoval(removed, ports, signal);
  }
}

/** @returns the removed connection; null if it has changed meanwhile */
async function removeStored(
  owner: Owner,
  stored: RegisteredConnection,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<RegisteredConnection | null> {
  const { actor, via, organization, userId } = owner;
  if (stored.origin === "operator" && userId !== null) {
    throw stored.state === "removed"
      ? noConnection()
      : refusedByRole("operators of this platform have registered this connection; ask them to remove it");
  }
  if (stored.state === "removed") return stored;
  const leaving = stored.state === "enabled" ? await leaveConnection(owner, stored, ports, signal) : stored;
  if (leaving === null) return null;
  const { name, strategy, displayName } = stored;
  const about = { organizationId: organization.id, connection: name, before: { strategy, displayName } };
  const change = auditEntry({
    ...{ ...about, at: ports.now().toISOString(), actor, via, action: "connection-removed" },
  });
  const next = { ...leaving, state: "removed", isLeaving: false, rev: newRevision(), change } as const;
  return (await ports.connections.replace(next, leaving, signal)) ? next : null;
}

/**
 * Stores a removed connection in the place of the one that was being set up, so that no call that is just finishing it can
 * enable it. The set-up stays on the ledger until Auth0 knows, see {@link settleRemoval}.
 * @returns null if a connection of this name is stored meanwhile
 */
export async function endSetup(
  { name, displayName }: ConnectionSetup,
  organizationId: OrganizationId,
  { actor, via }: Pick<Actor, "actor" | "via">,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<RegisteredConnection | null> {
  const about = { organizationId, connection: name, before: { displayName } };
  const change = auditEntry({
    ...{ ...about, at: ports.now().toISOString(), actor, via, action: "connection-removed" },
  });
  const removed: RegisteredConnection = {
    ...{ name, strategy: "", displayName, organizationId, state: "removed", origin: "self-service" },
    ...{ auth0Id: null, testedAt: null, isLeaving: false, rev: newRevision(), change },
  };
  return (await ports.connections.replace(removed, null, signal)) ? removed : null;
}

/**
 * Does what follows a removal, and may be repeated: the ledger, the audit, and Auth0.
 * @throws {Refusal} AUTH0_UNAVAILABLE
 * @throws {AuditIncomplete}
 */
export async function settleRemoval(
  removed: RegisteredConnection,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<void> {
  const { name, organizationId, change } = removed;
  const { setup } = await changeLedger(organizationId, ports, signal, ({ names }) =>
    names.includes(name) ? { names: names.filter((each) => each !== name) } : null,
  );
  const own = setup?.name === name ? setup : null;
  const [withdrawn, recorded] = await Promise.allSettled([
    ports.auth0 === null ? null : withdraw(removed, own, { ...ports, auth0: ports.auth0 }, signal),
    record([own === null || own.ticketId === null ? null : own.change, change], ports, signal),
  ]);
  if (withdrawn.status === "rejected") throw withdrawn.reason;
  // Without Auth0 its ticket may be open, and its id is kept for a process that can end it.
  if (own !== null && (ports.auth0 !== null || isTicketOver(own, ports.now()))) {
    // A call that was just finishing the set-up may have added the name.
    await changeLedger(organizationId, ports, signal, (present) => ({
      names: present.names.filter((each) => each !== name),
      setup: present.setup?.name === name ? null : present.setup,
    }));
  }
  if (recorded.status === "rejected") throw recorded.reason;
}

/** Ends the wizard and the organization's use. A connection that was never finished here may exist at Auth0 all the same. */
async function withdraw(
  { name, origin, auth0Id, organizationId }: RegisteredConnection,
  setup: ConnectionSetup | null,
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
