import type { AuditEntry } from "../audit.ts";
import {
  type Connection,
  declaredConnection,
  type OrganizationId,
  type RegisteredConnection,
} from "../organization.ts";
import { newRevision } from "../revision.ts";
import { transact } from "../transaction.ts";
import type { OrganizationStores } from "./administration.ts";
import { withConnection } from "./connection-stored.ts";

/** What operators declare of a connection. */
export interface DeclaredConnection {
  readonly connection: Connection;
  /** The organization that has it now; null for none, or the declared one. */
  readonly movedFrom: OrganizationId | null;
  /** Whether it is declared no longer. It stays stored: a token that names it must not count as one that is not SSO. */
  readonly isRemoved: boolean;
}

/**
 * Registers, describes, moves or removes a connection as operators declare it.
 * @returns false, with nothing changed, where it belongs to yet another organization, or an organization is gone
 */
export async function declareConnection(
  { connection, movedFrom, isRemoved }: DeclaredConnection,
  audit: readonly AuditEntry[],
  {
    organizations,
    connections,
    transactions,
  }: Pick<OrganizationStores, "organizations" | "connections" | "transactions">,
  signal: AbortSignal,
): Promise<boolean> {
  const { name, organizationId } = connection;
  return transact(
    {
      async read() {
        const organization = await organizations.find(organizationId, signal);
        const former = movedFrom === null ? null : await organizations.find(movedFrom, signal);
        return { organization, former, present: await connections.find(name, signal) };
      },
      decide({ organization, former, present }) {
        const isOurs = present?.organizationId === organizationId;
        const isFree = movedFrom === null ? isUnused(present) : present?.organizationId === movedFrom;
        if (organization === null || !(isOurs || isFree)) return { changes: null, result: false };
        const next = declared(isOurs ? present : null, connection, isRemoved);
        const isNew = !isOurs || present.state !== next.state;
        const writes = [
          { item: "connection", next, present } as const,
          ...(isNew ? [withConnection(organization, next)] : []),
          ...(former === null || isOurs ? [] : [withConnection(former, { name, state: "removed" })]),
        ];
        return { changes: { writes, unchanged: [], audit }, result: true };
      },
    },
    transactions,
    signal,
  );
}

/** Nothing has the name, or operators have removed what had it. */
function isUnused(present: RegisteredConnection | null): boolean {
  return present === null || (present.state === "removed" && present.origin === "operator");
}

/** What the file says; a connection that was switched off stays so, and its test counts for its strategy. */
function declared(
  present: RegisteredConnection | null,
  connection: Connection,
  isRemoved: boolean,
): RegisteredConnection {
  if (isRemoved && present !== null) return { ...present, state: "removed", rev: newRevision() };
  if (present === null || present.state === "removed") return declaredConnection(connection);
  const { strategy, displayName } = connection;
  const testedAt = strategy === present.strategy ? present.testedAt : null;
  return { ...present, strategy, displayName, testedAt, rev: newRevision() };
}
