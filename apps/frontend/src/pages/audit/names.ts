import { usePlatformClient } from "@platform-api/client/react";
import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";

/** The most ids that `org.members.lookup` takes. */
const MOST_IDS = 100;
const FRESH_MS = 60_000;

interface Found {
  readonly userId: string;
  readonly email: string | null;
}
type LookUp = (userIds: string[]) => Promise<readonly Found[]>;

/**
 * Looks up what one user is called. Requests of the same moment travel together, at most 100 ids in a call.
 * @returns null for a user who was never a member of the organization
 */
export function batchedLookup(lookUp: LookUp): (userId: string) => Promise<string | null> {
  let waiting: Batch | null = null;
  return async (userId) => {
    if (waiting === null || waiting.ids.length >= MOST_IDS) {
      const batch: Batch = {
        ids: [],
        found: Promise.resolve().then(() => {
          if (waiting === batch) waiting = null;
          return lookUp(batch.ids);
        }),
      };
      waiting = batch;
    }
    const { ids, found } = waiting;
    ids.push(userId);
    const user = (await found).find((each) => each.userId === userId);
    return user === undefined ? null : nameOf(user);
  };
}

interface Batch {
  readonly ids: string[];
  readonly found: Promise<readonly Found[]>;
}

/** What users are called, by id: undefined while an address is loading, null if it cannot be known. */
export function useAddresses(
  organizationId: string,
  userIds: readonly string[],
): ReadonlyMap<string, string | null | undefined> {
  const client = usePlatformClient();
  const lookUp = useMemo(
    () => batchedLookup((ids) => client.org.members.lookup.query({ organizationId, userIds: ids })),
    [client, organizationId],
  );
  return useQueries({
    queries: userIds.map((userId) => ({
      queryKey: ["member-address", organizationId, userId],
      queryFn: () => lookUp(userId),
      staleTime: FRESH_MS,
    })),
    combine: (answers) =>
      new Map(answers.map(({ data, isError }, index) => [userIds[index] ?? "", isError ? null : data])),
  });
}

/** What a member is called, erased or not. The whole id is in the details of an entry. */
export function nameOf({ userId, email }: Found): string {
  return email ?? `Erased ${shortUser(userId).toLowerCase()}`;
}

/** What a user is called who was never a member. */
export function shortUser(userId: string): string {
  return `User ${userId.slice(0, "01234567".length)}…`;
}
