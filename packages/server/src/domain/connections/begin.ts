import { entryBy, type Owner } from "../membership/standing.ts";
import { storedDomains } from "../membership/ways-in.ts";
import { findOrganization, isClosed, type OrganizationId } from "../organization.ts";
import { Refusal, refusal } from "../refusal.ts";
import { newRevision } from "../revision.ts";
import { changeOrganization } from "../settings/settings.ts";
import { type Decision, storing, transact } from "../transaction.ts";
import { within } from "../waiting/abortable.ts";
import { endOfSetup, type Removal, settleRemoval } from "./connections.ts";
import { auth0NameOf, newConnectionName } from "./name.ts";
import {
  type Auth0Tenant,
  type ConnectionPorts,
  type ConnectionSetup,
  type ConnectionView,
  MAX_CONNECTIONS,
} from "./setup.ts";
import { decideOn, deleteSetup, isTicketOver, type Named, viewOfSetup } from "./stored.ts";

const TICKET_MS = 3_600_000;
/** For all that precedes the answer. The rest of the request's 2.7 s is for taking the set-up off where Auth0 is silent. */
const BEGIN_MS = 2_200;
/** No request takes longer. A set-up without a ticket that is older was left by one that has ended. */
const REQUEST_MS = 3_000;

/** A set-up that has begun. The URL of the wizard is a secret of its bearer, and is answered only once. */
export interface BegunConnection extends ConnectionView {
  readonly setupUrl: string;
  /** ISO 8601, UTC. */
  readonly setupExpiresAt: string;
}

/**
 * Begins to set up a connection at Auth0. The set-up is stored before Auth0 is asked, so that a crash leaves one that can
 * be seen and removed.
 * @throws {Refusal} NOT_READY without a verified domain, or where Auth0 is not configured; CONFLICT while another set-up
 * is pending; LIMIT_REACHED; AUTH0_UNAVAILABLE, after which nothing is pending
 */
export async function beginConnection(
  owner: Owner,
  displayName: string,
  ports: ConnectionPorts,
  signal: AbortSignal,
): Promise<BegunConnection> {
  const { auth0 } = ports;
  const here = "connections cannot be set up here; ask the operators of this platform to register one";
  if (auth0 === null) throw refusal("NOT_READY", here);
  if (isClosed(owner.organization, ports)) throw refusal("NOT_READY", "the organization is closed");
  return within(BEGIN_MS, signal, async (limit) => {
    const over = await endFormer(owner, ports, limit);
    const setup = await storeSetup(owner, { displayName, over }, ports, limit);
    const setupExpiresAt = new Date(ports.now().getTime() + TICKET_MS).toISOString();
    let ticket: { readonly url: string; readonly ticketId: string } | null = null;
    try {
      const auth0OrgId = await ensureAuth0Organization(owner, auth0, ports, limit);
      ticket = await auth0.createTicket({ name: setup.name, displayName, auth0OrgId }, limit);
      await storeTicket(owner, setup, ticket.ticketId, ports, limit);
      return { ...viewOfSetup(setup), setupUrl: ticket.url, setupExpiresAt };
    } catch (error) {
      // Nobody has the URL. What fails here is left to the next call.
      await Promise.allSettled([
        ticket === null ? null : auth0.revokeTicket(ticket.ticketId, signal),
        deleteSetup(setup, ports, signal),
      ]);
      throw error;
    }
  });
}

/**
 * Ends the former set-up if it is not pending any more, or has been for six hours, or for 3 s without a ticket: nobody has
 * the URL of a ticket that is not stored.
 * @returns the name of one that is over and stays, because Auth0 does not know of it; null for none
 * @throws {Refusal} CONFLICT while it is pending; AUTH0_UNAVAILABLE while its ticket may be open: the next set-up would
 * take the place of the ticket's id
 */
async function endFormer(owner: Owner, ports: ConnectionPorts, signal: AbortSignal): Promise<string | null> {
  const now = ports.now();
  const former = await ports.connections.findSetup(owner.organization.id, signal);
  if (former === null) return null;
  const end = ({ setup, stored }: Named): Decision<Removal | null> => {
    // It may have been finished or deleted meanwhile; a restore may leave it beside its connection.
    if (setup === null) return { changes: null, result: null };
    if (stored?.state === "removed") return { changes: null, result: { removed: stored, setup } };
    if (stored !== null) return storing([{ item: "setup", next: null, present: setup }], [], null);
    const ageMs = now.getTime() - Date.parse(setup.startedAt);
    if (ageMs < REQUEST_MS || !isTicketOver(setup, now)) throw beingSetUp();
    return endOfSetup(setup, { ...owner, actor: "system", via: null }, now.toISOString());
  };
  const over = await decideOn(former, end, ports, signal);
  if (over === null) return null;
  try {
    await settleRemoval(over, ports, signal);
    return null;
  } catch (error) {
    const isAuth0 = error instanceof Refusal && error.reason === "AUTH0_UNAVAILABLE";
    if (!isAuth0 || over.setup === null || !isTicketOver(over.setup, now)) throw error;
    return former.name;
  }
}

/**
 * Stores a new set-up. Of two calls at once the second one finds the first one's.
 * @param over the name of a former one whose place it takes
 */
async function storeSetup(
  { organization: { id } }: Owner,
  { displayName, over }: { readonly displayName: string; readonly over: string | null },
  ports: ConnectionPorts,
  signal: AbortSignal,
): Promise<ConnectionSetup> {
  const name = await freeName(id, ports, signal);
  const now = ports.now();
  const read = async () => {
    const organization = await findOrganization(id, ports, signal);
    const setup = await ports.connections.findSetup(id, signal);
    const { done: hasNoDomain } = await storedDomains(organization, ports, signal).next();
    return { organization, setup, hasNoDomain };
  };
  const decide = ({ organization, setup, hasNoDomain }: Awaited<ReturnType<typeof read>>) => {
    if (setup !== null && setup.name !== over) throw beingSetUp();
    if (hasNoDomain) throw refusal("NOT_READY", "verify a domain of the organization first");
    const limit = `an organization has at most ${MAX_CONNECTIONS} connections: remove one first`;
    if (organization.connections.length >= MAX_CONNECTIONS) throw refusal("LIMIT_REACHED", limit);
    const begun = { organizationId: id, name, displayName, startedAt: now.toISOString() };
    const next = { ...begun, ticketId: null, waitingFor: null, askedAt: null, rev: newRevision() };
    // Its domains and the number of its connections are as they were read.
    const unchanged = [{ item: "organization", present: organization }] as const;
    const writes = [{ item: "setup", next, present: setup }] as const;
    return { changes: { writes, unchanged, audit: [] }, result: next };
  };
  return transact({ read, decide }, ports.transactions, signal);
}

/** A name that no connection has or had. */
async function freeName(id: OrganizationId, ports: ConnectionPorts, signal: AbortSignal): Promise<string> {
  const name = newConnectionName(id);
  return (await ports.connections.find(name, signal)) === null ? name : freeName(id, ports, signal);
}

function beingSetUp(): Refusal {
  return refusal("CONFLICT", "another connection is being set up: finish it, or remove it first");
}

/** @throws {Refusal} CONFLICT where the set-up has ended meanwhile */
async function storeTicket(
  owner: Owner,
  { organizationId, name, displayName, startedAt: at }: ConnectionSetup,
  ticketId: string,
  ports: ConnectionPorts,
  signal: AbortSignal,
): Promise<void> {
  const entry = entryBy(owner, { at, action: "connection-begun", connection: name, after: { displayName } });
  const store = ({ setup, stored }: Named) => {
    if (setup === null || stored !== null)
      throw refusal("CONFLICT", "the set-up was removed meanwhile; begin again");
    const next = { ...setup, ticketId, rev: newRevision() };
    return storing([{ item: "setup", next, present: setup }], [entry], null);
  };
  await decideOn({ organizationId, name }, store, ports, signal);
}

/** Auth0's id of the organization, which is created there if it has none. */
async function ensureAuth0Organization(
  owner: Owner,
  auth0: Auth0Tenant,
  ports: ConnectionPorts,
  signal: AbortSignal,
) {
  const { id } = owner.organization;
  const organization = await changeOrganization(owner, "organization-updated", ports, signal, {
    async read(present) {
      if (present.auth0OrgId !== null) return { auth0OrgId: present.auth0OrgId };
      const named = { name: await auth0NameOf(id), displayName: present.name };
      return { auth0OrgId: await auth0.ensureOrganization(named, signal) };
    },
    decide(_, { auth0OrgId }, holder) {
      const hint = "this organization's name at Auth0 is taken; ask the operators of this platform";
      if (holder !== null) throw refusal("NOT_READY", hint);
      return { auth0OrgId };
    },
  });
  return organization.auth0OrgId;
}
