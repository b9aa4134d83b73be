import type { AuditEntry } from "../audit.ts";
import type { InvitationLedger } from "../membership/memberships.ts";
import type { Membership } from "../membership.ts";
import type { OrganizationId } from "../organization.ts";
import { type Decision, transact } from "../transaction.ts";
import type { Stores } from "./administration.ts";
import type { DeclaredOrganization, OrganizationState } from "./organization-registry.ts";

/** What moves from one declared organization to another. */
export interface Transfers {
  /** The present owner of each connection that moves. */
  readonly connections: ReadonlyMap<string, OrganizationId>;
  /** The organizations whose Auth0 id another one gets. */
  readonly auth0Ids: ReadonlySet<OrganizationId>;
}

export const NO_TRANSFERS: Transfers = { connections: new Map(), auth0Ids: new Set() };

/** One declared organization beside what is stored of it. */
export interface Comparison {
  readonly declared: DeclaredOrganization;
  readonly stored: OrganizationState;
  /** The memberships at the addresses that would be invited by what is stored of invitations. */
  readonly members: readonly Membership[];
  /** As it was read before the invitations; null where the operator declares none. */
  readonly ledger: InvitationLedger | null;
  readonly transfers: Transfers;
  readonly ports: Stores;
  readonly now: Date;
}

/** One change, in words for the operator. */
export interface Change {
  readonly organizationId: OrganizationId;
  readonly change: string;
  /** Whether it takes trust or a way to sign in away: the operator has to agree before it is made. */
  readonly takesAway: boolean;
  /** The connection whose users it shuts out; null for any other change. */
  readonly cutOff: string | null;
}

export interface Step extends Change {
  /** The audit entries of the change, without who makes it and when, and without its organization. */
  readonly actions: readonly (Pick<AuditEntry, "action"> & Partial<Omit<AuditEntry, "at" | "actor">>)[];
  readonly make: Make;
}

/**
 * Makes a change and records it, in one transaction, which reads again what it changes: steps before it may have changed
 * the organization.
 * @param making its time and its entries, made again for each attempt: the feed shows no entry that is stored long after its time
 * @returns false, with nothing changed, when somebody else has changed the same thing since the plan was made
 */
export type Make = (making: () => Making, signal: AbortSignal) => Promise<boolean>;

/** A step as it is made. */
export interface Making {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The entries of its actions. */
  readonly audit: readonly AuditEntry[];
}

export function makeBy<State>(
  read: (signal: AbortSignal) => Promise<State>,
  decide: (state: State, making: Making) => Decision<boolean>,
  { transactions }: Stores,
): Make {
  return (making, signal) =>
    transact({ read: () => read(signal), decide: (state) => decide(state, making()) }, transactions, signal);
}
