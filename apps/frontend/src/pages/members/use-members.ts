import type { Member, Page } from "@platform-api/client";
import { useOptimisticRows, usePages, usePlatform, usePlatformClient } from "@platform-api/client/react";
import { type InfiniteData, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { PAGE_SIZE } from "./lists/use-inviters.ts";
import { useLiveList } from "./lists/use-live-list.ts";
import { applied, type Intent } from "./member-intents.ts";
import { byAddress, fits, type MemberView, visibleRows } from "./member-view.ts";

/** What each failed change was to do, so that its row can say why, and repeat it. */
const intents = new WeakMap<Error, Intent>();

export function intentOf(error: Error): Intent | undefined {
  return intents.get(error);
}

/** The members of a view, and the changes of them. */
export function useMembers(organizationId: string, view: MemberView) {
  const { org } = usePlatform();
  const client = usePlatformClient();
  const listKey = org.members.list.infiniteQueryKey({ organizationId });
  const { query, role, status } = view;
  const input = {
    organizationId,
    status,
    limit: PAGE_SIZE,
    ...(query !== "" && { query }),
    ...(role !== null && { role }),
  };
  const pages = usePages<Member>({
    queryKey: org.members.list.infiniteQueryKey(input),
    load: (at, signal) => client.org.members.list.query({ ...input, ...at }, { signal }),
  });
  const known = useKnownMembers(listKey, view);
  const loaded = pages.status === "ready" ? pages.items : known;
  const optimistic = useOptimisticRows({
    queryKey: listKey,
    rows: loaded,
    idOf: userIdOf,
    compare: byAddress,
  });
  const { change } = optimistic;
  useLiveList(pages, { isLong: loaded.length > 2 * PAGE_SIZE, isChanging: optimistic.rows !== loaded });
  const perform = useCallback(
    (member: Member, intent: Intent): Promise<Member> => {
      const { userId } = member;
      const send = () => intent.send(client.org.members, { organizationId, userId }, member);
      const isAsked = intent.question(member, false) !== null;
      return change({
        id: userId,
        apply: (row) => (isAsked ? row : applied(row, intent)),
        send: () => send().catch((error: unknown) => throwWith(intent, error)),
        ...("status" in intent.changes(member) && { absent: member }),
      });
    },
    [client, organizationId, change],
  );
  const { hasMore } = pages;
  const rows = visibleRows({ loaded, hasMore, changed: optimistic.rows }, view);
  return { pages, loaded, rows, errors: optimistic.errors, dismiss: optimistic.dismiss, perform };
}

function userIdOf({ userId }: Member): string {
  return userId;
}

function throwWith(intent: Intent, error: unknown): never {
  const failure = error instanceof Error ? error : new Error("A change failed", { cause: error });
  intents.set(failure, intent);
  throw failure;
}

/** Those that other views have loaded: shown until the answer for this view is there. */
function useKnownMembers(listKey: readonly unknown[], view: MemberView): readonly Member[] {
  const queryClient = useQueryClient();
  const { query, role, status } = view;
  const hash = JSON.stringify(listKey);
  return useMemo(() => {
    const lists = queryClient.getQueriesData<InfiniteData<Page<Member>>>({ queryKey: listKey });
    const members = lists.flatMap(([, data]) => data?.pages.flatMap(({ items }) => items) ?? []);
    const byId = new Map(members.map((member) => [member.userId, member]));
    return [...byId.values()].filter((member) => fits(member, view)).sort(byAddress);
  }, [queryClient, hash, query, role, status]);
}
