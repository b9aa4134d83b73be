import { usePlatformClient } from "@platform-api/client/react";
import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Called, calledOf, type Found } from "./called.ts";

/** The most ids that `org.members.lookup` takes. */
export const MOST_IDS = 100;
const FRESH_MS = 60_000;

type LookUp = (userIds: string[]) => Promise<readonly Found[]>;

/**
 * Looks up what one user is called. Requests of the same moment travel together, at most 100 ids in a call.
 * @returns null for a user who was never a member of the organization
 */
export function batchedLookup(lookUp: LookUp): (userId: string) => Promise<Called | null> {
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
    return user === undefined ? null : calledOf(user);
  };
}

interface Batch {
  readonly ids: string[];
  readonly found: Promise<readonly Found[]>;
}

/** What users are called, by id: undefined while it is loading, null if it cannot be known. */
export function useCalled(
  organizationId: string,
  userIds: readonly string[],
): ReadonlyMap<string, Called | null | undefined> {
  const client = usePlatformClient();
  const lookUp = useMemo(
    () => batchedLookup((ids) => client.org.members.lookup.query({ organizationId, userIds: ids })),
    [client, organizationId],
  );
  return useQueries({
    queries: userIds.map((userId) => ({
      queryKey: ["member-called", organizationId, userId],
      queryFn: () => lookUp(userId),
      staleTime: FRESH_MS,
    })),
    combine: (answers) =>
      new Map(answers.map(({ data, isError }, index) => [userIds[index] ?? "", isError ? null : data])),
  });
}
