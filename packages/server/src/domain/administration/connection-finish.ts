import { auditEntry } from "../audit.ts";
import type { OrganizationId, RegisteredConnection } from "../organization.ts";
import { newRevision } from "../revision.ts";
import { ENTERPRISE_STRATEGIES } from "../strategy.ts";
import { type Changes, type Decision, transact } from "../transaction.ts";
import type { OrganizationStores } from "./administration.ts";
import type {
  Auth0Connection,
  Auth0Tenant,
  ConnectionSetup,
  ConnectionView,
  SetupStep,
} from "./connection-setup.ts";
import {
  changeSetup,
  findNamed,
  findOrganization,
  setupChange,
  shown,
  viewOfConnection,
  viewOfSetup,
  withConnection,
} from "./connection-stored.ts";
import type { Actor, Administrator } from "./standing.ts";

/** How long what Auth0 has said is answered again, in milliseconds. */
const ASK_AGAIN_MS = 5_000;

/**
 * One connection. One that is being set up is finished here, if Auth0 has all of it; Auth0 is asked at most every 5 s.
 * @throws {Refusal} NOT_FOUND; AUTH0_UNAVAILABLE
 */
export async function getConnection(
  administrator: Administrator,
  name: string,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<ConnectionView> {
  const { id } = administrator.organization;
  const { auth0 } = ports;
  const at = ports.now();
  const { view, asking } = await transact(
    {
      read: () => findNamed(id, name, ports, signal),
      // Of several calls within 5 s one asks.
      decide(named): Decision<{ readonly view: ConnectionView; readonly asking: ConnectionSetup | null }> {
        const { view, setup } = shown(id, named);
        if (setup === null || auth0 === null || wasAsked(setup, at))
          return { changes: null, result: { view, asking: null } };
        const asking = { ...setup, askedAt: at.toISOString(), rev: newRevision() };
        return { changes: setupChange(asking, setup), result: { view, asking } };
      },
    },
    ports.transactions,
    signal,
  );
  if (asking === null || auth0 === null) return view;
  return finishSetup(administrator, asking, { ...ports, auth0 }, signal);
}

/**
 * Asks Auth0 for a pending set-up, and enables its connection if all of it is there. The bearer of the ticket's URL can
 * change the connection, so what counts is what Auth0 has after the ticket has ended. A set-up that lacks something then
 * goes on waiting without a ticket, and the next one may take its place.
 * @param asking the set-up as this call has stored it
 */
async function finishSetup(
  actor: Actor,
  asking: ConnectionSetup,
  ports: OrganizationStores & { readonly auth0: Auth0Tenant },
  signal: AbortSignal,
): Promise<ConnectionView> {
  const look = () => lookAtAuth0(asking.name, asking.organizationId, ports, signal);
  const first = await look();
  if (typeof first === "string") return storeWaiting(asking, first, ports, signal);
  if (asking.ticketId !== null) await ports.auth0.revokeTicket(asking.ticketId, signal);
  // Also where there was no ticket: `begin` may have stored one since.
  const ended = await changeSetup(asking, { ticketId: null }, ports, signal);
  if (ended === null) return storeEnabled(actor, asking, first, ports, signal);
  const second = await look();
  return typeof second === "string"
    ? storeWaiting(ended, second, ports, signal)
    : storeEnabled(actor, ended, second, ports, signal);
}

/** Stores what a set-up still needs. */
async function storeWaiting(
  { organizationId: id, name }: ConnectionSetup,
  waitingFor: SetupStep,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<ConnectionView> {
  return transact(
    {
      read: () => findNamed(id, name, ports, signal),
      decide(named) {
        const { view, setup } = shown(id, named);
        if (setup === null || setup.waitingFor === waitingFor) return { changes: null, result: view };
        const next = { ...setup, waitingFor, rev: newRevision() };
        return { changes: setupChange(next, setup), result: viewOfSetup(next) };
      },
    },
    ports.transactions,
    signal,
  );
}

/** Enables the connection of a set-up, unless that has changed since Auth0 was asked for it. */
async function storeEnabled(
  actor: Actor,
  { organizationId: id, name, rev }: ConnectionSetup,
  found: Auth0Connection,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<ConnectionView> {
  const at = ports.now().toISOString();
  return transact(
    {
      async read() {
        const organization = await findOrganization(id, ports, signal);
        return { organization, named: await findNamed(id, name, ports, signal) };
      },
      decide({ organization, named }) {
        const { view, setup } = shown(id, named);
        if (setup?.rev !== rev) return { changes: null, result: view };
        return enabled(setup, found, { ...actor, organization, at });
      },
    },
    ports.transactions,
    signal,
  );
}

function enabled(
  setup: ConnectionSetup,
  { id: auth0Id, strategy }: Auth0Connection,
  { organization, actor, via, at }: Actor & { readonly at: string },
): Decision<ConnectionView> {
  const { name, displayName, organizationId } = setup;
  const next: RegisteredConnection = {
    ...{ name, strategy, displayName, organizationId, state: "enabled", auth0Id },
    ...{ origin: "self-service", testedAt: null, rev: newRevision() },
  };
  const about = { organizationId, connection: name, after: { state: "enabled", strategy, displayName } };
  const changes: Changes = {
    writes: [
      { item: "connection", next, present: null },
      { item: "setup", next: null, present: setup },
      withConnection(organization, next),
    ],
    unchanged: [],
    audit: [auditEntry({ at, actor, via, action: "connection-enabled", ...about })],
  };
  return { changes, result: viewOfConnection(next) };
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
