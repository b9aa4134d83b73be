import type { Member, PlatformClient } from "@platform-api/client";
import { useOptimisticRows, usePages, usePlatform, usePlatformClient } from "@platform-api/client/react";
import { type InfiniteData, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { refuseUnlessDone, sharedRequest } from "./lists/shared-request.ts";
import { PAGE_SIZE } from "./lists/use-inviters.ts";
import { useHeldRows, useLiveList } from "./lists/use-live-list.ts";
import { applied, type Intent } from "./member-intents.ts";
import { fits, type MemberView, orderOf, visibleRows } from "./member-view.ts";

type MemberPage = Awaited<ReturnType<PlatformClient["org"]["members"]["list"]["query"]>>;

/** What each failed change was to do, so that its row can say why, and repeat it. */
const intents = new WeakMap<Error, Intent>();

export function intentOf(error: Error): Intent | undefined {
  return intents.get(error);
}

/** The members of a view, the caller first, and the changes of them. */
export function useMembers(organizationId: string, view: MemberView, self: string) {
  const { org } = usePlatform();
  const client = usePlatformClient();
  const listKey = org.members.list.infiniteQueryKey({ organizationId });
  const input = { ...inputOf(organizationId, view), limit: PAGE_SIZE };
  const pages = usePages<Member, MemberPage>({
    queryKey: org.members.list.infiniteQueryKey(input),
    load: (at, signal) => client.org.members.list.query({ ...input, ...at }, { signal }),
  });
  const order = useMemo(() => orderOf(view.sort, self), [view.sort, self]);
  const known = useKnownMembers(listKey, view, order);
  const loaded = pages.status === "ready" ? withFirst(pages.first?.you ?? null, pages.items) : known;
  const optimistic = useOptimisticRows({
    queryKey: listKey,
    rows: loaded,
    idOf: userIdOf,
    compare: order,
  });
  const { change } = optimistic;
  useLiveList(pages, { isLong: loaded.length > 2 * PAGE_SIZE, isChanging: optimistic.rows !== loaded });
  const perform = useCallback<Perform>(
    (member, intent, send) => {
      const { userId } = member;
      const isAsked = intent.question(member, false) !== null;
      const sendOne = () => intent.send(client.org.members, { organizationId, userId }, member);
      return change({
        id: userId,
        apply: (row) => (isAsked ? row : applied(row, intent)),
        send: () => (send ?? sendOne)().catch((error: unknown) => throwWith(intent, error)),
        ...("status" in intent.changes(member) && { absent: member }),
      });
    },
    [client, organizationId, change],
  );
  const performMany = useCallback(
    (members: readonly Member[], intent: Intent) => {
      const send = sharedRequest(members.length, (places) => {
        const some = places.flatMap((place) => members[place] ?? []);
        return client.org.members.changeMany.mutate({ organizationId, ...intentOfMany(some, intent) });
      });
      return Promise.allSettled(
        members.map((member, place) =>
          perform(member, intent, async () => {
            const verdict = await send(place);
            refuseUnlessDone(verdict?.outcome);
            return verdict?.member ?? applied(member, intent);
          }),
        ),
      );
    },
    [client, organizationId, perform],
  );
  const { hasMore } = pages;
  const visible = visibleRows({ loaded, hasMore, changed: optimistic.rows, order }, view);
  const rows = useHeldRows(visible, userIdOf);
  return {
    pages,
    loaded,
    rows,
    errors: optimistic.errors,
    dismiss: optimistic.dismiss,
    perform,
    performMany,
  };
}

/** Changes one member, by a request of its own if there is no other. */
type Perform = (member: Member, intent: Intent, send?: () => Promise<Member>) => Promise<Member>;

function intentOfMany(members: readonly Member[], { change }: Intent) {
  const userIds = members.map(({ userId }) => userId);
  if (typeof change === "string") return { userIds, change };
  const expectedRoles = Object.fromEntries(members.map(({ userId, role }) => [userId, role]));
  return { userIds, change, expectedRoles };
}

/** What the server is asked for. */
export function inputOf(organizationId: string, { query, role, status, sort }: MemberView) {
  return {
    organizationId,
    status,
    ...(query !== "" && { query }),
    ...(role !== null && { role }),
    ...(sort !== null && { sort }),
  };
}

function withFirst(first: Member | null, members: readonly Member[]): readonly Member[] {
  return first === null ? members : [first, ...members.filter(({ userId }) => userId !== first.userId)];
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
function useKnownMembers(
  listKey: readonly unknown[],
  view: MemberView,
  order: ReturnType<typeof orderOf>,
): readonly Member[] {
  const queryClient = useQueryClient();
  const { query, role, status } = view;
  const hash = JSON.stringify(listKey);
  return useMemo(() => {
    const lists = queryClient.getQueriesData<InfiniteData<MemberPage>>({ queryKey: listKey });
    const pages = lists.flatMap(([, data]) => data?.pages ?? []);
    const members = pages.flatMap(({ items, you }) => [...items, ...(you ? [you] : [])]);
    const byId = new Map(members.map((member) => [member.userId, member]));
    return [...byId.values()].filter((member) => fits(member, view)).sort(order);
  }, [queryClient, hash, query, role, status, order]);
}
