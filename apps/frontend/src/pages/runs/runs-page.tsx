import { type InfiniteData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { errorReason } from "../../app/problems/error-reason.ts";
import { ProblemNotice } from "../../app/problems/notice.tsx";
import { POLL_MS, pollAfter, UNFINISHED_POLL_MS, useSteadyError } from "../../app/problems/polling.ts";
import { PageHead } from "../../app/routing/page.tsx";
import { announce } from "../../design/announcer.tsx";
import { PendingButton } from "../../design/fields/pending-button.tsx";
import { plainText } from "../../design/text/plain-text.ts";
import type { MyOrganization } from "../../organization/active-organization.ts";
import { NewRun } from "./new-run.tsx";
import { NoRuns, RunList, RunSkeletons } from "./run-list.tsx";
import { isFinished, STATUS_NAMES } from "./run-status.tsx";
import type { Run, Runs, RunsSlice } from "./runs-client.ts";
import { useRuns } from "./use-runs.ts";

type RunPages = InfiniteData<RunsSlice, string | null>;

export function RunsPage({ organization }: { readonly organization: MyOrganization }) {
  const runs = useRuns(organization.id);
  const query = useRunPages(runs, organization.id);
  const error = useSteadyError(query);
  const problem = error === null ? null : errorReason(error);
  const list = query.data?.pages.flatMap((page) => page.runs);
  useAnnounceChanges(list);
  // The pressed button may be gone by then, so the focus moves to the first run that it loaded.
  const [firstOlder, setFirstOlder] = useState<string | null>(null);
  const showOlder = async () => {
    const { data, isError } = await query.fetchNextPage();
    const older = isError ? [] : (data?.pages.at(-1)?.runs ?? []);
    setFirstOlder(older[0]?.id ?? null);
    if (older.length > 0) announce(older.length === 1 ? "1 older run" : `${older.length} older runs`);
  };
  return (
    <>
      <PageHead title="Runs">
        Your workflow runs in <bdi>{organization.name}</bdi>.
      </PageHead>
      <NewRun runs={runs} organizationId={organization.id} list={list} listProblem={problem} />
      <section aria-labelledby="run-list" className="run-section">
        <h2 id="run-list" className="section-title">
          Latest runs
        </h2>
        <ProblemNotice
          reason={problem}
          error={error}
          onTryNow={() => query.refetch()}
          isTrying={query.isFetching}
        />
        {problem === null && !list && <RunSkeletons />}
        {problem === null && list?.length === 0 && <NoRuns />}
        {list && list.length > 0 && (
          <RunList organizationId={organization.id} runs={list} focused={firstOlder} />
        )}
        {query.hasNextPage && problem === null && (
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

/** An older page whose runs have all finished. It no longer changes, so it is not requested again. */
export function finishedPage(data: RunPages | undefined, cursor: string | null): RunsSlice | undefined {
  const page = cursor === null ? undefined : data?.pages[data.pageParams.indexOf(cursor)];
  return page?.runs.every(isFinished) ? page : undefined;
}

function hasUnfinished(data: RunPages | undefined): boolean {
  return data?.pages.some(({ runs }) => runs.some((run) => !isFinished(run))) === true;
}

/** Announces status changes to screen readers. */
function useAnnounceChanges(runs: readonly Run[] | undefined): void {
  const known = useRef(new Map<string, Run["status"]>());
  useEffect(() => {
    for (const { id, title, status } of runs ?? []) {
      const before = known.current.get(id);
      if (before !== undefined && before !== status) announce(`${plainText(title)}: ${STATUS_NAMES[status]}`);
      known.current.set(id, status);
    }
  }, [runs]);
}
