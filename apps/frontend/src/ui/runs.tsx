import { type InfiniteData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { Link } from "react-aria-components";
import type { MyOrganization } from "../active-organization.ts";
import { createRuns, type Run, type Runs, type RunsSlice } from "../runs.ts";
import { announce } from "./announcer.tsx";
import { useApp } from "./app-context.ts";
import { FaultNotice } from "./fault-page.tsx";
import { faultOf } from "./faults.ts";
import { NewRun } from "./new-run.tsx";
import { PageHeading } from "./page.tsx";
import { PendingButton } from "./pending-button.tsx";
import { POLL_MS, pollAfter, UNFINISHED_POLL_MS, useSteadyError } from "./polling.ts";
import { isFinished, RunStatus, STATUS_NAMES } from "./run-status.tsx";
import { Time } from "./time-ago.tsx";

type RunPages = InfiniteData<RunsSlice, string | null>;

/** The runs of the person in an organization. */
export function useRuns(organizationId: string): Runs {
  const { config, session } = useApp();
  return useMemo(
    () => createRuns(config.agenticBackendUrl, session.token, organizationId),
    [config, session, organizationId],
  );
}

export function RunsPage({ organization }: { readonly organization: MyOrganization }) {
  const runs = useRuns(organization.id);
  const queryClient = useQueryClient();
  const queryKey = ["runs", organization.id];
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) =>
      finishedPage(queryClient.getQueryData<RunPages>(queryKey), pageParam) ?? runs.list(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: ({ state }) =>
      pollAfter(state.error, hasUnfinished(state.data) ? UNFINISHED_POLL_MS : POLL_MS),
  });
  const error = useSteadyError(query);
  const list = query.data?.pages.flatMap((page) => page.runs);
  useAnnounceChanges(list);
  return (
    <>
      <div className="page-head">
        <PageHeading title="Runs" />
        <p className="page-lead">Your workflow runs in {organization.name}.</p>
      </div>
      <NewRun runs={runs} organizationId={organization.id} />
      <section aria-labelledby="run-list" className="run-section">
        <h2 id="run-list" className="section-title">
          Latest runs
        </h2>
        {error !== null && (
          <FaultNotice reason={faultOf(error)} onTryNow={() => query.refetch()} isTrying={query.isFetching} />
        )}
        {error === null && !list && <RunSkeletons />}
        {error === null && list?.length === 0 && <NoRuns />}
        {list && list.length > 0 && <RunList runs={list} />}
        {query.hasNextPage && error === null && (
          <PendingButton
            className="button button-wide"
            isPending={query.isFetchingNextPage}
            onPress={() => query.fetchNextPage()}
          >
            Show older runs
          </PendingButton>
        )}
      </section>
    </>
  );
}

function RunList({ runs }: { readonly runs: readonly Run[] }) {
  return (
    <ul className="card rows">
      {runs.map((run) => (
        <li key={run.id} className="row run-row">
          <RunStatus status={run.status} />
          <Link href={`/runs/${encodeURIComponent(run.id)}`} className="row-link">
            <bdi>{run.title}</bdi>
          </Link>
          <span className="quiet run-time">
            <Time at={run.createdAt} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function NoRuns() {
  return (
    <div className="empty">
      <EmptyPicture />
      <h3 className="empty-title">No runs yet</h3>
      <p>Say above what should be done, and follow it here.</p>
    </div>
  );
}

function EmptyPicture() {
  return (
    <svg className="empty-picture" width="96" height="64" viewBox="0 0 96 64" aria-hidden="true">
      <rect x="8.500" y="6.500" width="79" height="15" rx="4.500" />
      <rect x="8.500" y="26.500" width="79" height="15" rx="4.500" opacity=".6" />
      <rect x="8.500" y="46.500" width="79" height="15" rx="4.500" opacity=".3" />
      <path d="M26 14h34M26 34h24M26 54h30" />
      <circle cx="17" cy="14" r="3" />
      <circle cx="17" cy="34" r="3" opacity=".6" />
      <circle cx="17" cy="54" r="3" opacity=".3" />
    </svg>
  );
}

function RunSkeletons() {
  return (
    <div className="card rows skeletons">
      <p className="visually-hidden" role="status">
        Loading runs
      </p>
      {["60%", "44%", "52%"].map((width) => (
        <div key={width} className="row">
          <span className="skeleton" style={{ width }} />
        </div>
      ))}
    </div>
  );
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
