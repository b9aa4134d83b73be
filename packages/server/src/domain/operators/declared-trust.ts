import { connectionWrites, withConnection } from "../connections/stored.ts";
import { type DomainKey, readListed, relisted, withDomain, withoutDomain } from "../domains/lists.ts";
import {
  type Connection,
  declaredConnection,
  declaredDomain,
  type OrganizationId,
  type RegisteredConnection,
} from "../organization.ts";
import { newRevision } from "../revision.ts";
import { storing } from "../transaction.ts";
import type { Stores } from "./administration.ts";
import { type Make, type Making, makeBy } from "./organization-step.ts";

export interface DeclaredConnection {
  readonly connection: Connection;
  /** The organization that has it now; null for none, or the declared one. */
  readonly movedFrom: OrganizationId | null;
  /**
   * What the plan makes of it: a new one of its organization, another description of one that it saw there, or a removed
   * one. That stays stored: a token that names it must not count as one that is not SSO.
   */
  readonly change: "registered" | "described" | "removed";
}

/**
 * Registers, describes, moves or removes a connection as operators declare it. What holds already is not recorded again.
 * Nothing is changed where somebody has changed it otherwise since the plan was made, or an organization is gone.
 */
export function declareConnection(declared: DeclaredConnection, ports: Stores): Make {
  const { movedFrom } = declared;
  const { name, organizationId } = declared.connection;
  const read = async (signal: AbortSignal) => ({
    organization: await ports.organizations.find(organizationId, signal),
    former: movedFrom === null ? null : await ports.organizations.find(movedFrom, signal),
    present: await ports.connections.find(name, signal),
  });
  const decide = ({ organization, former, present }: Awaited<ReturnType<typeof read>>, { audit }: Making) => {
    if (organization === null) return { changes: null, result: false };
    if (holds(declared, present)) return { changes: null, result: true };
    const next = changed(declared, present);
    if (next === null) return { changes: null, result: false };
    const left = former === null ? [] : [withConnection(former, { name, state: "removed" })];
    return storing([...connectionWrites(next, present, organization), ...left], audit, true);
  };
  return makeBy(read, decide, ports);
}

/** One that was switched off is declared all the same. */
function holds({ connection, change }: DeclaredConnection, present: RegisteredConnection | null): boolean {
  if (present?.organizationId !== connection.organizationId) return false;
  if (change === "removed") return present.state === "removed";
  if (present.state === "removed") return false;
  return present.strategy === connection.strategy && present.displayName === connection.displayName;
}

/** Null where what is stored is not what the plan saw. One that was switched off stays so; its test is of its strategy. */
function changed(
  { connection, movedFrom, change }: DeclaredConnection,
  present: RegisteredConnection | null,
): RegisteredConnection | null {
  if (change === "registered") {
    const isFree = movedFrom === null ? isUnused(present) : present?.organizationId === movedFrom;
    return isFree ? declaredConnection(connection) : null;
  }
  const { organizationId, strategy, displayName } = connection;
  if (present?.organizationId !== organizationId || present.state === "removed") return null;
  if (change === "removed") return { ...present, state: "removed", rev: newRevision() };
  const testedAt = strategy === present.strategy ? present.testedAt : null;
  return { ...present, strategy, displayName, testedAt, rev: newRevision() };
}

/** Nothing has the name, or operators have removed what had it. */
function isUnused(present: RegisteredConnection | null): boolean {
  return present === null || (present.state === "removed" && present.origin === "operator");
}

/** Verifies a domain for an operator. One that the organization has verified already stays as it is. */
export function declareDomain(about: DomainKey, ports: Stores): Make {
  const read = (signal: AbortSignal) => readListed(about, ports, signal);
  const decide = ({ organization, verified }: Awaited<ReturnType<typeof read>>, { at, audit }: Making) => {
    if (verified !== null) return { changes: null, result: true };
    const next = declaredDomain({ ...about, verifiedAt: at });
    const { domains } = withDomain(organization, about.domain);
    const lists = relisted(organization, { domains });
    return storing([{ item: "domain", next, present: null }, lists], audit, true);
  };
  return makeBy(read, decide, ports);
}

/** Ends what an operator has verified. What the organization itself has claimed of the domain stays, and is counted. */
export function withdrawDomain(about: DomainKey, ports: Stores): Make {
  const read = (signal: AbortSignal) => readListed(about, ports, signal);
  const decide = ({ organization, verified, claim }: Awaited<ReturnType<typeof read>>, { audit }: Making) => {
    if (verified?.verifiedBy !== "operator") return { changes: null, result: true };
    const { domains } = withoutDomain(organization, about.domain);
    const lists = relisted(organization, claim?.state === "lapsed" ? {} : { domains });
    return storing([{ item: "domain", next: null, present: verified }, lists], audit, true);
  };
  return makeBy(read, decide, ports);
}
