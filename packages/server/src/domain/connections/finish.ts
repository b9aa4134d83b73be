import { type Administrator, entryBy } from "../membership/standing.ts";
import type { OrganizationId } from "../organization.ts";
import { newRevision } from "../revision.ts";
import { ENTERPRISE_STRATEGIES } from "../strategy.ts";
import { type Decision, storing } from "../transaction.ts";
import type {
  Auth0Connection,
  Auth0Tenant,
  ConnectionPorts,
  ConnectionSetup,
  ConnectionView,
  SetupStep,
} from "./setup.ts";
import {
  connectionOf,
  connectionWrites,
  decideOn,
  decideOnOwn,
  findNamed,
  type Named,
  type Own,
  shown,
  viewOfConnection,
  viewOfSetup,
} from "./stored.ts";

/** How long what Auth0 has said is answered again, in milliseconds. */
const ASK_AGAIN_MS = 5_000;

/**
 * One connection. One that is being set up is finished here, if Auth0 has all of it; Auth0 is asked at most every 5 s.
 * @throws {Refusal} NOT_FOUND; AUTH0_UNAVAILABLE
 */
export async function getConnection(
  administrator: Administrator,
  name: string,
  ports: ConnectionPorts,
  signal: AbortSignal,
): Promise<ConnectionView> {
  const { id } = administrator.organization;
  const { auth0 } = ports;
  if (auth0 === null) return shown(id, await findNamed(id, name, ports, signal)).view;
  const at = ports.now();
  // Of several calls within 5 s one asks.
  const claim = (named: Named): Decision<ReturnType<typeof shown>> => {
    const { view, setup } = shown(id, named);
    if (setup === null || wasAsked(setup, at)) return { changes: null, result: { view, setup: null } };
    const asking = { ...setup, askedAt: at.toISOString(), rev: newRevision() };
    return storing([{ item: "setup", next: asking, present: setup }], [], { view, setup: asking });
  };
  const { view, setup } = await decideOn({ organizationId: id, name }, claim, ports, signal);
  return setup === null ? view : finishSetup(administrator, setup, { ...ports, auth0 }, signal);
}

/**
 * Asks Auth0 for a pending set-up, and enables its connection if all of it is there. The bearer of the ticket's URL can
 * change the connection, so what counts is what Auth0 has after the ticket has ended. A set-up that lacks something then
 * goes on waiting without a ticket, and the next one may take its place.
 * @param asking the set-up as this call has stored it
 */
async function finishSetup(
  administrator: Administrator,
  asking: ConnectionSetup,
  ports: ConnectionPorts & { readonly auth0: Auth0Tenant },
  signal: AbortSignal,
): Promise<ConnectionView> {
  const look = () => lookAtAuth0(asking.name, asking.organizationId, ports, signal);
  const first = await look();
  if (typeof first === "string") return storeFound(administrator, asking, first, ports, signal);
  if (asking.ticketId !== null) await ports.auth0.revokeTicket(asking.ticketId, signal);
  // Also where there was no ticket: `begin` may have stored one since, and then the set-up goes on waiting.
  const ended = { ...asking, ticketId: null, rev: newRevision() };
  const end = ({ setup }: Named) =>
    setup?.rev === asking.rev
      ? storing([{ item: "setup", next: ended, present: asking }], [], null)
      : { changes: null, result: null };
  await decideOn(asking, end, ports, signal);
  return storeFound(administrator, ended, await look(), ports, signal);
}

/** Stores what Auth0 has said of the set-up that was seen. One that has changed since is not enabled by it. */
async function storeFound(
  administrator: Administrator,
  seen: ConnectionSetup,
  found: Auth0Connection | SetupStep,
  ports: ConnectionPorts,
  signal: AbortSignal,
): Promise<ConnectionView> {
  const { name } = seen;
  const at = ports.now().toISOString();
  const decide = ({ organization, ...named }: Own): Decision<ConnectionView> => {
    const { view, setup } = shown(organization.id, named);
    if (setup !== null && typeof found === "string" && setup.waitingFor !== found) {
      const next = { ...setup, waitingFor: found, rev: newRevision() };
      return storing([{ item: "setup", next, present: setup }], [], viewOfSetup(next));
    }
    if (typeof found === "string" || setup?.rev !== seen.rev) return { changes: null, result: view };
    const { id: auth0Id, strategy } = found;
    const next = connectionOf(setup, { strategy, auth0Id, state: "enabled" });
    const { state, displayName } = next;
    const about = { connection: name, after: { state, strategy, displayName } };
    return storing(
      [{ item: "setup", next: null, present: setup }, ...connectionWrites(next, null, organization)],
      [entryBy(administrator, { at, action: "connection-enabled", ...about })],
      viewOfConnection(next),
    );
  };
  return decideOnOwn(administrator, { name, takesAway: false }, ports, signal, decide);
}

/** A clock that was set back must not keep Auth0 from being asked. */
function wasAsked({ askedAt }: ConnectionSetup, now: Date): boolean {
  return askedAt !== null && Math.abs(now.getTime() - Date.parse(askedAt)) < ASK_AGAIN_MS;
}

/** The connection at Auth0 if all of it is there, else the first thing that is missing. */
export async function lookAtAuth0(
  name: string,
  id: OrganizationId,
  { auth0, otherStrategies, organizations }: ConnectionPorts & { readonly auth0: Auth0Tenant },
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
