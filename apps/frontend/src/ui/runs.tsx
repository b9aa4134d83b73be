import { type InfiniteData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import type { MyOrganization } from "../active-organization.ts";
import { createRuns, type Run, type Runs, type RunsSlice } from "../runs.ts";
import { announce } from "./announcer.tsx";
import { useApp } from "./app-context.ts";
import { NewRun } from "./new-run.tsx";
import { FaultNotice } from "./notice.tsx";
import { PageHeading } from "./page.tsx";
import { PendingButton } from "./pending-button.tsx";
import { POLL_MS, pollAfter, UNFINISHED_POLL_MS, useSteadyFault } from "./polling.ts";
import { NoRuns, RunList, RunSkeletons } from "./run-list.tsx";
import { isFinished, STATUS_NAMES } from "./run-status.tsx";

type RunPages = InfiniteData<RunsSlice, string | null>;

/** The runs of the person in an organization. */
export function useRuns(organizationId: string): Runs {
  const { config, token } = useApp();
  return useMemo(
    () => createRuns(config.agenticBackendUrl, token, organizationId),
    [config, token, organizationId],
  );
}

export function RunsPage({ organization }: { readonly organization: MyOrganization }) {
  const runs = useRuns(organization.id);
  const query = useRunPages(runs, organization.id);
  const fault = useSteadyFault(query);
  const list = query.data?.pages.flatMap((page) => page.runs);
  useAnnounceChanges(list);
  // The button that was pressed may be gone by then: the focus goes on with the first of those it has brought.
  const [firstOlder, setFirstOlder] = useState<string | null>(null);
  const showOlder = async () => {
    const { data, isError } = await query.fetchNextPage();
    const older = isError ? [] : (data?.pages.at(-1)?.runs ?? []);
    setFirstOlder(older[0]?.id ?? null);
    if (older.length > 0) announce(older.length === 1 ? "1 older run" : `${older.length} older runs`);
  };
  return (
    <>
      <div className="page-head">
        <PageHeading title="Runs" />
        <p className="page-lead">
          Your workflow runs in <bdi>{organization.name}</bdi>.
        </p>
      </div>
      <NewRun runs={runs} organizationId={organization.id} list={list} listFault={fault} />
      <section aria-labelledby="run-list" className="run-section">
        <h2 id="run-list" className="section-title">
          Latest runs
        </h2>
        <FaultNotice reason={fault} onTryNow={() => query.refetch()} isTrying={query.isFetching} />
        {fault === null && !list && <RunSkeletons />}
        {fault === null && list?.length === 0 && <NoRuns />}
        {list && list.length > 0 && <RunList runs={list} focused={firstOlder} />}
        {query.hasNextPage && fault === null && (
          <PendingButton
            className="button button-wide"
            isPending={query.isFetchingNextPage}
            onPress={showOlder}
          >
            Show older runs
          </PendingButton>
        )}
      </section>
    </>
  );
}

function useRunPages(runs: Runs, organizationId: string) {
  const queryClient = useQueryClient();
  const queryKey = ["runs", organizationId];
  return useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) =>
      finishedPage(queryClient.getQueryData<RunPages>(queryKey), pageParam) ?? runs.list(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: ({ state }) =>
      pollAfter(state.error, hasUnfinished(state.data) ? UNFINISHED_POLL_MS : POLL_MS),
  });
}

/** An older page of which every run is finished: it does not change any more, and need not be asked for. */
export function finishedPage(data: RunPages | undefined, cursor: string | null): RunsSlice | undefined {
  const page = cursor === null ? undefined : data?.pages[data.pageParams.indexOf(cursor)];
  return page?.runs.every(isFinished) ? page : undefined;
}

function hasUnfinished(data: RunPages | undefined): boolean {
  return data?.pages.some(({ runs }) => runs.some((run) => !isFinished(run))) === true;
}

/** Says aloud what the eye sees: a run that has gone on. */
function useAnnounceChanges(runs: readonly Run[] | undefined): void {
  const known = useRef(new Map<string, Run["status"]>());
  useEffect(() => {
    for (const { id, title, status } of runs ?? []) {
      const before = known.current.get(id);
      if (before !== undefined && before !== status) announce(`${title}: ${STATUS_NAMES[status]}`);
      known.current.set(id, status);
    }
  }, [runs]);
}
