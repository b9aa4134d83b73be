import { auditEntry } from "../audit.ts";
import type { OrganizationId, RegisteredConnection } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import { newRevision } from "../revision.ts";
import { ENTERPRISE_STRATEGIES } from "../strategy.ts";
import type { OrganizationStores } from "./administration.ts";
import { changeLedger, isTicketOver, record } from "./connection-ledger.ts";
import type {
  Auth0Connection,
  Auth0Tenant,
  ConnectionLedger,
  ConnectionSetup,
  SetupStep,
} from "./connection-setup.ts";
import type { Actor } from "./standing.ts";

/** How long what Auth0 has said is answered again, in milliseconds. */
const ASK_AGAIN_MS = 5_000;

/**
 * Asks Auth0 for a pending set-up, and enables its connection if all of it is there. Of several calls within 5 s one asks.
 * @param pending the ledger with the set-up, of which no connection is stored
 * @returns the set-up that still waits; null if something has changed and has to be read again
 * @throws {Refusal} AUTH0_UNAVAILABLE
 */
export async function finishSetup(
  { organization, actor, via }: Actor,
  { ledger, setup }: { ledger: ConnectionLedger; setup: ConnectionSetup },
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<ConnectionSetup | null> {
  const { auth0, connections } = ports;
  const at = ports.now();
  if (auth0 === null || wasAsked(setup, at)) return setup;
  const asking = { ...setup, askedAt: at.toISOString() };
  const asked = { ...ledger, setup: asking, rev: newRevision() };
  if (!(await connections.replaceLedger(asked, ledger.rev, signal))) return null;
  const found = await lookAtAuth0(setup.name, organization.id, { ...ports, auth0 }, signal);
  if (typeof found === "string") {
    if (found === setup.waitingFor) return asking;
    const stored = await changeLedger(organization.id, ports, signal, ({ setup: present }) =>
      present?.name === setup.name ? { setup: { ...present, waitingFor: found } } : null,
    );
    return stored.setup?.name === setup.name ? stored.setup : null;
  }
  const { name, displayName } = setup;
  const { id: auth0Id, strategy } = found;
  const about = { organizationId: organization.id, connection: name };
  const change = auditEntry({
    ...{ ...about, at: at.toISOString(), actor, via, action: "connection-enabled" },
    after: { state: "enabled", strategy, displayName },
  });
  const next: RegisteredConnection = {
    ...{ name, strategy, displayName, organizationId: organization.id, state: "enabled", auth0Id },
    ...{ origin: "self-service", testedAt: null, isLeaving: false, rev: newRevision(), change },
  };
  await connections.replace(next, null, signal); // one that is there already settles the set-up
  return null;
}

/**
 * Takes a set-up off the ledger whose connection is stored, after its ticket has ended: the bearer of its URL could change
 * the connection. A crash or an outage at any point before leaves it there, so that the next call repeats what is left.
 * @throws {Refusal} AUTH0_UNAVAILABLE while the ticket may be open; all else is done
 * @throws {AuditIncomplete} when its entries are not written
 */
export async function settleSetup(
  { name, organizationId, change }: RegisteredConnection,
  { ledger, setup }: { ledger: ConnectionLedger; setup: ConnectionSetup },
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<void> {
  const { auth0, now } = ports;
  if (!ledger.names.includes(name)) await record([setup.change, change], ports, signal);
  if (setup.ticketId !== null && !isTicketOver(setup, now())) {
    const askedAt = now().toISOString();
    await changeLedger(organizationId, ports, signal, ({ setup: present, names }) =>
      present?.name === name ? { setup: { ...present, askedAt }, names: withName(names, name) } : null,
    );
    if (auth0 === null) throw new Refusal("AUTH0_UNAVAILABLE", "without Auth0 the ticket stays open");
    await auth0.revokeTicket(setup.ticketId, signal);
  }
  await changeLedger(organizationId, ports, signal, ({ setup: present, names }) =>
    present?.name === name ? { setup: null, names: withName(names, name) } : null,
  );
}

function withName(names: readonly string[], name: string): readonly string[] {
  return [...new Set([...names, name])];
}

/** A clock that was set back must not keep Auth0 from being asked. */
export function wasAsked({ askedAt }: ConnectionSetup, now: Date): boolean {
  return askedAt !== null && Math.abs(now.getTime() - Date.parse(askedAt)) < ASK_AGAIN_MS;
}

/** The connection at Auth0 if all of it is there, else the first thing that is missing. */
export async function lookAtAuth0(
  name: string,
  id: OrganizationId,
  { auth0, otherStrategies, organizations }: OrganizationStores & { readonly auth0: Auth0Tenant },
  signal: AbortSignal,
): Promise<Auth0Connection | SetupStep> {
  const found = await auth0.findConnection(name, signal);
  if (found === null) return "connection";
  if (!(await auth0.isEnabledForClients(found.id, signal))) return "clients";
  // Read again: the caller's standing may be of a cache, which does not know yet what `begin` has stored.
  const auth0OrgId = (await organizations.find(id, signal))?.auth0OrgId ?? null;
  if (auth0OrgId === null || !(await auth0.isEnabledForOrganization(auth0OrgId, found.id, signal)))
    return "organization";
  const { strategy, isCommonEndpoint } = found;
  if (otherStrategies.has(strategy) || !ENTERPRISE_STRATEGIES.includes(strategy)) return "strategy";
  return isCommonEndpoint ? "commonEndpoint" : found;
}
