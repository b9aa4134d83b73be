import { auditEntry } from "../audit.ts";
import { Refusal } from "../refusal.ts";
import { newRevision } from "../revision.ts";
import { transact } from "../transaction.ts";
import { untilEither } from "../waiting/abortable.ts";
import type { OrganizationStores } from "./administration.ts";
import { organizationWrites, readAuth0Id, SAME_AUTH0_ID } from "./auth0-id.ts";
import { settleSetup } from "./connection-finish.ts";
import {
  changeLedger,
  isTicketOver,
  listRegistered,
  notReady,
  unlessAuth0Fails,
  viewOfSetup,
} from "./connection-ledger.ts";
import { auth0NameOf, newConnectionName } from "./connection-name.ts";
import { endSetup, settleRemoval } from "./connection-remove.ts";
import {
  type Auth0Tenant,
  type ConnectionLedger,
  type ConnectionSetup,
  type ConnectionView,
  MAX_CONNECTIONS,
} from "./connection-setup.ts";
import type { Owner } from "./standing.ts";

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
 * is pending; LIMIT_REACHED; AUTH0_UNAVAILABLE, or STORE_UNAVAILABLE without an audit entry, after which nothing is pending
 */
export async function beginConnection(
  owner: Owner,
  displayName: string,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<BegunConnection> {
  const { auth0 } = ports;
  if (auth0 === null) {
    throw notReady("connections cannot be set up here; ask the operators of this platform to register one");
  }
  if (owner.organization.state === "closed") throw notReady("the organization is closed");
  return untilEither(signal, AbortSignal.timeout(BEGIN_MS), async (limit) => {
    const setup = await storeSetup(owner, displayName, ports, limit);
    const setupExpiresAt = new Date(ports.now().getTime() + TICKET_MS).toISOString();
    const { name } = setup;
    let ticket: { readonly url: string; readonly ticketId: string } | null = null;
    try {
      const auth0OrgId = await ensureAuth0Organization(owner, { ...ports, auth0 }, limit);
      ticket = await auth0.createTicket({ name, displayName, auth0OrgId }, limit);
      await storeTicket(owner, setup, ticket.ticketId, ports, limit);
      if (setup.change !== null) await ports.audit.append(setup.change, limit);
      return { ...viewOfSetup(setup), setupUrl: ticket.url, setupExpiresAt };
    } catch (error) {
      // Nobody has the URL. What fails here is left to the next call.
      await Promise.allSettled([
        ticket === null ? null : auth0.revokeTicket(ticket.ticketId, signal),
        takeOff(owner, setup, ports, signal),
      ]);
      throw error;
    }
  });
}

/** Stores a new set-up. Of two calls at once the second one finds the first one's. */
async function storeSetup(
  owner: Owner,
  displayName: string,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<ConnectionSetup> {
  const { organization, actor, via } = owner;
  const { connections } = ports;
  let ended: string | null = null;
  for (;;) {
    const ledger = await connections.findLedger(organization.id, signal);
    if (ledger.setup !== null && ledger.setup.name !== ended) {
      ended = await endFormer(owner, ledger.setup, ports, signal);
      continue;
    }
    await requireVerifiedDomain(owner, ports, signal);
    await requireRoom(owner, ledger, ports, signal);
    const name = newConnectionName(organization.id);
    if ((await connections.find(name, signal)) !== null) continue;
    const startedAt = ports.now().toISOString();
    const about = { organizationId: organization.id, connection: name, after: { displayName } };
    const change = auditEntry({ at: startedAt, actor, via, action: "connection-begun", ...about });
    const setup = { name, displayName, startedAt, ticketId: null, waitingFor: null, askedAt: null, change };
    const next = { ...ledger, setup, rev: newRevision() };
    if (await connections.replaceLedger(next, ledger.rev, signal)) return setup;
  }
}

/**
 * Ends the former set-up if it is not pending any more, or has been for six hours, or for 3 s without a ticket: nobody has
 * the URL of a ticket that is not stored.
 * @returns its name if it may still be on the ledger; null if the ledger has to be read again
 * @throws {Refusal} CONFLICT while it is pending; AUTH0_UNAVAILABLE while its ticket may be open: the next set-up would
 * take the place of the ticket's id
 */
async function endFormer(
  owner: Owner,
  setup: ConnectionSetup,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<string | null> {
  const { name } = setup;
  const stored = await ports.connections.find(name, signal);
  if (stored !== null && stored.state !== "removed") {
    await settleSetup(stored, setup, ports, signal);
    return null;
  }
  const now = ports.now();
  const ageMs = now.getTime() - Date.parse(setup.startedAt);
  if (stored === null && !(ageMs >= REQUEST_MS && isTicketOver(setup, now))) {
    throw new Refusal("CONFLICT", "a connection is being set up", {
      hint: "another connection is being set up: finish it, or remove it first",
    });
  }
  const removed =
    stored ?? (await endSetup(setup, owner.organization.id, { actor: "system", via: null }, ports, signal));
  if (removed === null) return null;
  const settled = settleRemoval(removed, ports, signal);
  await (isTicketOver(setup, now) ? unlessAuth0Fails(settled) : settled);
  return name;
}

/** The index may lack a domain that was verified a moment ago. */
async function requireVerifiedDomain(
  { organization: { id } }: Owner,
  { domains }: OrganizationStores,
  signal: AbortSignal,
): Promise<void> {
  const listed = (await domains.list(id, signal)).domains;
  if (listed.some(({ isLeaving }) => !isLeaving)) return;
  for (const name of (await domains.findLedger(id, signal)).domains) {
    const { domain } = await domains.find(id, name, signal);
    if (domain !== null && !domain.isLeaving) return;
  }
  throw notReady("verify a domain of the organization first");
}

async function requireRoom(
  { organization: { id } }: Owner,
  ledger: ConnectionLedger,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<void> {
  if ((await listRegistered(id, ledger, ports, signal)).length < MAX_CONNECTIONS) return;
  throw new Refusal("LIMIT_REACHED", "the organization has ten connections", {
    hint: `an organization has at most ${MAX_CONNECTIONS} connections: remove one first`,
  });
}

async function storeTicket(
  { organization: { id } }: Owner,
  { name }: ConnectionSetup,
  ticketId: string,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<void> {
  const { setup } = await changeLedger(id, ports, signal, ({ setup }) =>
    setup?.name === name ? { setup: { ...setup, ticketId } } : null,
  );
  if (setup?.name === name) return;
  const hint = "the set-up was removed meanwhile; begin again";
  throw new Refusal("CONFLICT", "the set-up was removed meanwhile", { hint });
}

/** Auth0's id of the organization, which is created there if it has none. */
async function ensureAuth0Organization(
  { organization: { id }, actor, via }: Owner,
  ports: OrganizationStores & { readonly auth0: Auth0Tenant },
  signal: AbortSignal,
): Promise<string> {
  const about = { at: ports.now().toISOString(), actor, via, organizationId: id };
  return transact(
    {
      async read() {
        const present = await ports.organizations.find(id, signal);
        if (present === null) throw new Refusal("NOT_A_MEMBER", "the organization does not exist any more");
        if (present.auth0OrgId !== null)
          return { present, auth0OrgId: present.auth0OrgId, auth0Id: SAME_AUTH0_ID };
        const named = { name: await auth0NameOf(id), displayName: present.name };
        const auth0OrgId = await ports.auth0.ensureOrganization(named, signal);
        return {
          present,
          auth0OrgId,
          auth0Id: await readAuth0Id({ id, auth0OrgId }, present, ports, signal),
        };
      },
      decide({ present, auth0OrgId, auth0Id }) {
        if (present.auth0OrgId !== null) return { changes: null, result: auth0OrgId };
        if (auth0Id.holder !== null)
          throw notReady("this organization's name at Auth0 is taken; ask the operators of this platform");
        const change = { before: { auth0OrgId: null }, after: { auth0OrgId } };
        const entry = auditEntry({ ...about, action: "organization-updated", ...change });
        const next = { ...present, auth0OrgId, rev: newRevision() };
        const writes = organizationWrites(next, present, auth0Id);
        return { changes: { writes, unchanged: [], audit: [entry] }, result: auth0OrgId };
      },
    },
    ports.transactions,
    signal,
  );
}

async function takeOff(
  { organization: { id } }: Owner,
  { name }: ConnectionSetup,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<void> {
  await changeLedger(id, ports, signal, ({ setup }) => (setup?.name === name ? { setup: null } : null));
}
