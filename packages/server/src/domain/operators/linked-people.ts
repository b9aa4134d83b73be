import { causeOf, Refusal } from "../refusal.ts";
import { within } from "../waiting/abortable.ts";
import type { OrganizationRegistry } from "./organization-registry.ts";
import type { Change } from "./organization-step.ts";

/** How many users are linked through the connections that are taken away or moved. */
export interface LinkedPeople {
  readonly byConnection: ReadonlyMap<string, number>;
  /** Why the count ended early; null when it is complete. */
  readonly stopped: string | null;
}

/** Counting a large table takes longer; the operator then gets the number so far. */
const COUNT_MS = 30_000;

/** A failure of the count stops nothing: during an incident a connection has to go, with all its users. */
export async function countLinkedPeople(
  changes: readonly Change[],
  registry: Pick<OrganizationRegistry, "linkedConnections">,
  signal: AbortSignal,
): Promise<LinkedPeople> {
  const byConnection = new Map(changes.flatMap(({ cutOff }) => (cutOff === null ? [] : [[cutOff, 0]])));
  if (byConnection.size === 0) return { byConnection, stopped: null };
  try {
    await within(COUNT_MS, signal, async (limit) => {
      for await (const connection of registry.linkedConnections(limit)) {
        const count = byConnection.get(connection);
        if (count !== undefined) byConnection.set(connection, count + 1);
      }
    });
    return { byConnection, stopped: null };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { byConnection, stopped: causeOf(error) ?? "unknown" };
  }
}
