import { type InfiniteData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { errorReason } from "../../app/problems/error-reason.ts";
import { ProblemNotice } from "../../app/problems/notice.tsx";
import { POLL_MS, pollAfter, UNFINISHED_POLL_MS, useSteadyError } from "../../app/problems/polling.ts";
import { PageHead } from "../../app/routing/page.tsx";
import { useParameter } from "../../app/routing/path.ts";
import { announce } from "../../design/announcer.tsx";
import { PendingButton } from "../../design/fields/pending-button.tsx";
import { Icon } from "../../design/icon.tsx";
import { MenuButton } from "../../design/overlays/menu-button.tsx";
import { plainText } from "../../design/text/plain-text.ts";
import type { MyOrganization } from "../../organization/active-organization.ts";
import { NewRun } from "./new-run.tsx";
import { NoRuns, NoRunsInState, RunList, RunSkeletons } from "./run-list.tsx";
import { isFinal, isWorking, STATUS_NAMES } from "./run-status.tsx";
import { RUN_STATUSES, type Run, type RunStatus, type Runs, type RunsSlice } from "./runs-client.ts";
import { useRuns } from "./use-runs.ts";

type RunPages = InfiniteData<RunsSlice, string | null>;

export function RunsPage({ organization }: { readonly organization: MyOrganization }) {
  const runs = useRuns(organization.id);
  const [parameter, setStatus] = useParameter("status");
  const status = RUN_STATUSES.find((each) => each === parameter) ?? null;
  const query = useRunPages(runs, organization.id, status);
  const error = useSteadyError(query);
  const problem = error === null ? null : errorReason(error);
  const list = query.data?.pages.flatMap((page) => page.runs);
  const canFail = useCanFail(query.data);
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
        Your workflow runs in <bdi>{organization.name}</bdi>. Each one reads a document, finds what is in it,
        and publishes a summary once you have approved it.
      </PageHead>
      <NewRun
        runs={runs}
        organizationId={organization.id}
        list={list}
        listProblem={problem}
        canFail={canFail}
      />
      <section aria-labelledby="run-list" className="run-section">
        <div className="run-list-head">
          <h2 id="run-list" className="section-title">
            Latest runs
          </h2>
          {(status !== null || list?.length !== 0) && <StateFilter status={status} onChoose={setStatus} />}
        </div>
        <ProblemNotice
          reason={problem}
          error={error}
          onTryNow={() => query.refetch()}
          isTrying={query.isFetching}
        />
        {problem === null && !list && <RunSkeletons />}
        {problem === null &&
          list?.length === 0 &&
          (status === null ? <NoRuns /> : <NoRunsInState onShowAll={() => setStatus("")} />)}
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

const ALL = "all";
const STATE_CHOICES = [
  { id: ALL, label: "All states" },
  ...RUN_STATUSES.map((status) => ({ id: status, label: STATUS_NAMES[status] })),
];

interface StateFilterProps {
  readonly status: RunStatus | null;
  readonly onChoose: (status: string) => void;
}

function StateFilter({ status, onChoose }: StateFilterProps) {
  const name = status === null ? "All states" : STATUS_NAMES[status];
  return (
    <MenuButton
      label={`State: ${name}`}
      choices={STATE_CHOICES}
      selected={status ?? ALL}
      placement="bottom end"
      onChoose={(id) => onChoose(id === ALL ? "" : id)}
    >
      {name}
      <Icon name="down" size={12} />
    </MenuButton>
  );
}

function useRunPages(runs: Runs, organizationId: string, status: RunStatus | null) {
  const queryClient = useQueryClient();
  const queryKey = ["runs", organizationId, status];
  return useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => {
      // What a filter lets through changes on any page.
      const data = status === null ? queryClient.getQueryData<RunPages>(queryKey) : undefined;
      return finishedPage(data, pageParam) ?? runs.list(pageParam, status);
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: ({ state }) =>
      pollAfter(state.error, hasWorking(state.data) ? UNFINISHED_POLL_MS : POLL_MS),
  });
}

/** Whether a step can be made to fail. Known already while another list is loaded. */
function useCanFail(data: InfiniteData<RunsSlice> | undefined): boolean {
  const [last, setLast] = useState(false);
  const now = data?.pages[0]?.canFail ?? last;
  if (now !== last) setLast(now);
  return now;
}

/** An older page whose runs have all finished. It no longer changes, so it is not requested again. */
export function finishedPage(data: RunPages | undefined, cursor: string | null): RunsSlice | undefined {
  const page = cursor === null ? undefined : data?.pages[data.pageParams.indexOf(cursor)];
  return page?.runs.every(isFinal) ? page : undefined;
}

function hasWorking(data: RunPages | undefined): boolean {
  return data?.pages.some(({ runs }) => runs.some(isWorking)) === true;
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
