import { auditEntry } from "../audit.ts";
import type { OrganizationId, RegisteredConnection } from "../organization.ts";
import { newRevision } from "../revision.ts";
import { ENTERPRISE_STRATEGIES } from "../strategy.ts";
import type { OrganizationStores } from "./administration.ts";
import { changeLedger, record } from "./connection-ledger.ts";
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
 * The bearer of the ticket's URL can change the connection, so what counts is what Auth0 has after the ticket has ended. A
 * set-up that lacks something then goes on waiting without a ticket, and the next one may take its place.
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
  const look = () => lookAtAuth0(setup.name, organization.id, { ...ports, auth0 }, signal);
  let found = await look();
  if (typeof found !== "string") {
    if (setup.ticketId !== null) await auth0.revokeTicket(setup.ticketId, signal);
    // Also where there was no ticket: `begin` may have stored one since.
    const ended = { ...asked, setup: { ...asking, ticketId: null }, rev: newRevision() };
    if (!(await connections.replaceLedger(ended, asked.rev, signal))) return null;
    found = await look();
  }
  if (typeof found === "string") {
    const stored = await changeLedger(organization.id, ports, signal, ({ setup: present }) =>
      present?.name === setup.name && present.waitingFor !== found
        ? { setup: { ...present, waitingFor: found } }
        : null,
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
 * Takes a set-up off the ledger whose connection is stored. A crash at any point before leaves it there, so that the next
 * call repeats what is left.
 * @throws {AuditIncomplete} when its entries are not written
 */
export async function settleSetup(
  { name, organizationId, change }: RegisteredConnection,
  setup: ConnectionSetup,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<void> {
  await record([setup.change, change], ports, signal);
  await changeLedger(organizationId, ports, signal, ({ setup: present, names }) =>
    present?.name === name ? { setup: null, names: [...new Set([...names, name])] } : null,
  );
}

/** A clock that was set back must not keep Auth0 from being asked. */
function wasAsked({ askedAt }: ConnectionSetup, now: Date): boolean {
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
