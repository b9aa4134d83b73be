import { causeOf, Refusal } from "../refusal.ts";
import { within } from "../waiting/abortable.ts";
import type { OrganizationRegistry } from "./organization-registry.ts";
import type { Change } from "./organization-step.ts";

/** How many users are linked through a connection that is taken away or moved. */
export interface LinkedPeople {
  readonly count: number;
  /** Why the count ended early; null when it is complete. */
  readonly stopped: string | null;
}

/** All counts together. The operator then gets the numbers so far. */
const COUNT_MS = 30_000;

/**
 * By connection. A failure of the count stops nothing: during an incident a connection has to go, with all its users.
 */
export async function countLinkedPeople(
  changes: readonly Change[],
  registry: Pick<OrganizationRegistry, "countLinks">,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, LinkedPeople>> {
  const found = new Map<string, LinkedPeople>();
  await within(COUNT_MS, signal, async (limit) => {
    for (const connection of new Set(changes.flatMap(({ cutOff }) => cutOff ?? [])))
      found.set(connection, await countLinked(connection, registry, limit));
  });
  return found;
}

async function countLinked(
  connection: string,
  registry: Pick<OrganizationRegistry, "countLinks">,
  limit: AbortSignal,
): Promise<LinkedPeople> {
  let count = 0;
  try {
    for await (const page of registry.countLinks(connection, limit)) count += page;
    return { count, stopped: null };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { count, stopped: causeOf(error) ?? "unknown" };
  }
}
