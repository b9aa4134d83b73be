import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Link } from "react-aria-components";
import { errorReason } from "../../app/problems/error-reason.ts";
import {
  POLL_MS,
  pollAfter,
  UNFINISHED_POLL_MS,
  useIsLate,
  useSteadyError,
} from "../../app/problems/polling.ts";
import { ProblemPage } from "../../app/problems/problem-page.tsx";
import { PageHeading } from "../../app/routing/page.tsx";
import { pathOf } from "../../app/routing/path.ts";
import { announce } from "../../design/announcer.tsx";
import { Icon } from "../../design/icon.tsx";
import { CopyableId, Fact, Facts } from "../../design/text/facts.tsx";
import { plainText } from "../../design/text/plain-text.ts";
import { exactTime, Time } from "../../design/text/time-ago.tsx";
import type { MyOrganization } from "../../organization/active-organization.ts";
import { RunProgress, RunResult } from "./run-progress.tsx";
import { isFinished, RunStatus, STATUS_NAMES } from "./run-status.tsx";
import type { Run } from "./runs-client.ts";
import { runKey, useRuns } from "./use-runs.ts";

export function RunPage({
  organization,
  id,
}: {
  readonly organization: MyOrganization;
  readonly id: string;
}) {
  const runs = useRuns(organization.id);
  const query = useQuery({
    queryKey: runKey(organization.id, id),
    queryFn: () => runs.find(id),
    refetchInterval: ({ state }) =>
      pollAfter(state.error, state.data && !isFinished(state.data) ? UNFINISHED_POLL_MS : POLL_MS),
  });
  const error = useSteadyError(query);
  const problem = error === null ? null : errorReason(error);
  const run = query.data;
  useAnnounceStatus(run);
  return (
    <>
      <Link href={pathOf(organization.id, "runs")} className="back-link">
        <Icon name="back" />
        All runs
      </Link>
      {problem ? (
        <ProblemPage
          reason={problem}
          error={error}
          onTryNow={() => query.refetch()}
          isTrying={query.isFetching}
        />
      ) : (
        <RunView run={run} organization={organization} />
      )}
    </>
  );
}

interface RunViewProps {
  readonly run: Run | undefined;
  readonly organization: MyOrganization;
}

function RunView({ run, organization }: RunViewProps) {
  const isLate = useIsLate();
  if (run === undefined) {
    return (
      <div className="page-head">
        <PageHeading title="Run" />
        <p role="status" className="quiet">
          Loading the run…{isLate && " Taking longer than usual."}
        </p>
      </div>
    );
  }
  return (
    <>
      <div className="page-head">
        <PageHeading title={plainText(run.title)}>
          <bdi>{plainText(run.title)}</bdi>
        </PageHeading>
        <p className="page-lead run-lead">
          <RunStatus status={run.status} />
          <span className="quiet">
            started <Time at={run.createdAt} />
          </span>
        </p>
      </div>
      <RunProgress organizationId={organization.id} run={run} />
      <RunResult run={run} />
      <Facts id="details" title="Details">
        <Fact name="Organization">
          <bdi>{organization.name}</bdi>
        </Fact>
        <Fact name="Started">{exactTime(run.createdAt)}</Fact>
        {run.startedBy !== undefined && (
          <Fact name="Started by">
            <bdi>{run.startedBy}</bdi>
          </Fact>
        )}
        <Fact name="Run ID">
          <CopyableId id={run.id} what="run ID" />
        </Fact>
      </Facts>
    </>
  );
}

function useAnnounceStatus(run: Run | undefined): void {
  const before = useRef<Run["status"]>(undefined);
  const status = run?.status;
  useEffect(() => {
    if (status && before.current && before.current !== status) announce(STATUS_NAMES[status]);
    before.current = status;
  }, [status]);
}
