import { causeOf, type OrganizationRegistry, Refusal } from "@platform-api/server/domain";
import type { Change } from "./organization-differences.ts";

/** How many people are linked through the connections that are taken away or moved. */
export interface LinkedPeople {
  readonly byConnection: ReadonlyMap<string, number>;
  /** Why the count ended early; null where it is complete. */
  readonly stopped: string | null;
  /** How long running processes may still accept those people's tokens. */
  readonly cacheMs: number;
}

type LinkedConnections = Pick<OrganizationRegistry, "linkedConnections">;

/** A large table takes longer; the operator is then given the number so far. */
const COUNT_MS = 30_000;

/** A failure of the count stops nothing: during an incident a connection has to go, with all its people. */
export async function countLinkedPeople(
  changes: readonly Change[],
  { registry, cacheMs }: { readonly registry: LinkedConnections; readonly cacheMs: number },
  signal: AbortSignal,
): Promise<LinkedPeople> {
  const byConnection = new Map(changes.flatMap(({ cutOff }) => (cutOff === null ? [] : [[cutOff, 0]])));
  if (byConnection.size === 0) return { byConnection, stopped: null, cacheMs };
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(COUNT_MS)]);
    for await (const connection of registry.linkedConnections(limit)) {
      const count = byConnection.get(connection);
      if (count !== undefined) byConnection.set(connection, count + 1);
    }
    return { byConnection, stopped: null, cacheMs };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { byConnection, stopped: causeOf(error) ?? "unknown", cacheMs };
  }
}

/** What a change means for the people linked through its connection; empty where it concerns none. */
export function describeLinkedPeople(
  { cutOff }: Change,
  { byConnection, stopped, cacheMs }: LinkedPeople,
): string {
  if (cutOff === null) return "";
  const count = byConnection.get(cutOff) ?? 0;
  const people = count === 1 ? "1 person is" : `${count} people are`;
  const [least, why] = stopped === null ? ["", ""] : ["At least ", ` (not all were counted: ${stopped})`];
  const seconds = Math.ceil(cacheMs / 1_000);
  return `. ${least}${people} linked through it${why}: their tokens through it are refused within ${seconds} s (IDENTITY_CACHE_MS)`;
}
