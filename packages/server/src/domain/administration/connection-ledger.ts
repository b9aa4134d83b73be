import { type AuditEntry, recordActions } from "../audit.ts";
import type { OrganizationId, RegisteredConnection } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import { newRevision } from "../revision.ts";
import type { OrganizationStores } from "./administration.ts";
import {
  type ConnectionLedger,
  type ConnectionSetup,
  type ConnectionView,
  SETUP_MS,
} from "./connection-setup.ts";

/**
 * Changes the ledger of an organization. A call that loses a race decides again.
 * @param decide what to change; null for nothing
 * @returns the ledger as it is stored now
 */
export async function changeLedger(
  id: OrganizationId,
  { connections }: Pick<OrganizationStores, "connections">,
  signal: AbortSignal,
  decide: (present: ConnectionLedger) => Partial<Pick<ConnectionLedger, "names" | "setup">> | null,
): Promise<ConnectionLedger> {
  for (;;) {
    const present = await connections.findLedger(id, signal);
    const change = decide(present);
    if (change === null) return present;
    const next = { ...present, ...change, rev: newRevision() };
    if (await connections.replaceLedger(next, present.rev, signal)) return next;
  }
}

/** What the organization has under this name: a connection, a set-up, or after a crash both. */
export interface Named {
  /** Also a removed one. */
  readonly stored: RegisteredConnection | null;
  readonly setup: ConnectionSetup | null;
  readonly ledger: ConnectionLedger;
}

/** @throws {Refusal} NOT_FOUND for another organization's name, as for one that does not exist */
export async function findNamed(
  id: OrganizationId,
  name: string,
  { connections }: Pick<OrganizationStores, "connections">,
  signal: AbortSignal,
): Promise<Named> {
  // In this order: a set-up leaves the ledger only after its connection is stored.
  const ledger = await connections.findLedger(id, signal);
  const found = await connections.find(name, signal);
  const stored = found?.organizationId === id ? found : null;
  const setup = ledger.setup?.name === name ? ledger.setup : null;
  if (stored === null && (setup === null || found !== null)) throw noConnection();
  return { stored, setup, ledger };
}

/** The connections that are not removed, by name: those that the index lists, and those that it lacks yet. */
export async function listRegistered(
  id: OrganizationId,
  { names }: Pick<ConnectionLedger, "names">,
  { connections }: Pick<OrganizationStores, "connections">,
  signal: AbortSignal,
): Promise<RegisteredConnection[]> {
  const listed = await connections.list(id, signal);
  const missing = names.filter((name) => !listed.some((each) => each.name === name));
  const read = await Promise.all(missing.map((name) => connections.find(name, signal)));
  return [...listed, ...read.filter((each) => each !== null)]
    .filter(({ organizationId, state }) => organizationId === id && state !== "removed")
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Appends entries once more where they are appended already: a crash may have kept them from being written. */
export async function record(
  entries: readonly (AuditEntry | null)[],
  { audit }: Pick<OrganizationStores, "audit">,
  signal: AbortSignal,
): Promise<void> {
  for (const entry of entries) {
    if (entry !== null) await recordActions([entry], { audit, actor: entry.actor }, signal);
  }
}

/** Whether a set-up has no ticket any more that somebody could use: Auth0 has made none, or it has expired. */
export function isTicketOver({ ticketId, startedAt }: ConnectionSetup, now: Date): boolean {
  return ticketId === null || now.getTime() - Date.parse(startedAt) >= SETUP_MS;
}

/** An outage of Auth0 does not fail a call whose purpose is reached without it. */
export async function unlessAuth0Fails(call: Promise<void>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason !== "AUTH0_UNAVAILABLE") throw error;
  }
}

/** @throws {TypeError} for a removed connection, which nobody sees */
export function viewOfConnection(connection: RegisteredConnection): ConnectionView {
  const { name, strategy, displayName, state, testedAt, origin } = connection;
  if (state === "removed") throw new TypeError("a removed connection is not shown");
  return { name, strategy, displayName, state, waitingFor: null, testedAt, origin };
}

export function viewOfSetup({ name, displayName, waitingFor }: ConnectionSetup): ConnectionView {
  return {
    ...{ name, strategy: null, displayName, state: "pending", waitingFor, testedAt: null },
    origin: "self-service",
  };
}

/** The same for an unknown name and for another organization's. */
export function noConnection(): Refusal {
  return new Refusal("NOT_FOUND", "the organization has no connection of this name", {
    hint: "the organization has no connection of this name; see the list of its connections",
  });
}

export function refusedByRole(hint: string): Refusal {
  return new Refusal("ROLE_REQUIRED", hint, { hint });
}

export function notReady(hint: string): Refusal {
  return new Refusal("NOT_READY", hint, { hint });
}
