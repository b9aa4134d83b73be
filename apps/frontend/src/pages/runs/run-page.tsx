import { useEffect, useRef } from "react";
import { Link } from "react-aria-components";
import { useIsCovered } from "../../app/problems/covered-notice.ts";
import { errorReason, isPassing } from "../../app/problems/error-reason.ts";
import { ProblemNotice } from "../../app/problems/notice.tsx";
import { useIsLate, useSteadyError } from "../../app/problems/polling.ts";
import { ProblemPage } from "../../app/problems/problem-page.tsx";
import { PageHeading } from "../../app/routing/page.tsx";
import { pathOf } from "../../app/routing/path.ts";
import { announce } from "../../design/announcer.tsx";
import { Icon } from "../../design/icon.tsx";
import { CopyableId, Fact, Facts } from "../../design/text/facts.tsx";
import { plainText } from "../../design/text/plain-text.ts";
import { exactTime, Time } from "../../design/text/time-ago.tsx";
import type { MyOrganization } from "../../organization/active-organization.ts";
import { personText } from "../../organization/person-text.ts";
import { RunStatus } from "./run-status.tsx";
import { RunSteps } from "./run-steps.tsx";
import { changeText, durationText, stopText } from "./run-texts.ts";
import type { Run } from "./runs-client.ts";
import { useRun } from "./use-runs.ts";

interface RunPageProps {
  readonly organization: MyOrganization;
  readonly id: string;
}

export function RunPage({ organization, id }: RunPageProps) {
  const query = useRun(organization.id, id);
  const error = useSteadyError(query);
  const failed = error === null ? null : errorReason(error);
  const problem = useIsCovered(failed, query.isFetching) ? null : failed;
  const run = query.data;
  useAnnounceChanges(run, organization.name);
  const trying = { error, onTryNow: () => void query.refetch(), isTrying: query.isFetching };
  const isGone = problem !== null && (run === undefined || problem === "NOT_FOUND");
  return (
    <>
      <Link href={pathOf(organization.id, "runs")} className="back-link">
        <Icon name="back" />
        All runs
      </Link>
      {isGone && <ProblemPage reason={problem} {...trying} />}
      {!isGone && run === undefined && <LoadingRun />}
      {!isGone && run !== undefined && (
        <>
          <RunHead run={run} />
          {/* What ends the user's access is said above the page. */}
          <ProblemNotice reason={problem !== null && isPassing(problem) ? problem : null} {...trying} />
          {run.status === "stopped" && <Stopped run={run} organization={organization} />}
          <RunSteps organizationId={organization.id} run={run} />
          <RunFacts run={run} organization={organization} />
        </>
      )}
    </>
  );
}

function LoadingRun() {
  const isLate = useIsLate();
  return (
    <div className="page-head">
      <PageHeading title="Run" />
      <p role="status" className="quiet">
        Loading the run…{isLate && " Taking longer than usual."}
      </p>
    </div>
  );
}

function RunHead({ run }: { readonly run: Run }) {
  const title = plainText(run.title);
  return (
    <div className="page-head">
      <PageHeading title={title}>
        <bdi>{title}</bdi>
      </PageHeading>
      <p className="page-lead run-lead">
        <RunStatus status={run.status} />
        <span className="quiet">
          started <Time at={run.createdAt} />
          {run.durationMs !== undefined && `, worked for ${durationText(run.durationMs)}`}
        </span>
      </p>
    </div>
  );
}

interface OfRun {
  readonly run: Run;
  readonly organization: MyOrganization;
}

/** Why a run ended early. It stays, also for a user who has no access any more. */
function Stopped({ run, organization }: OfRun) {
  const { title, what, next } = stopText(run.stopped, organization.name);
  return (
    <div className="notice run-stopped">
      <Icon name="alert" size={18} />
      <div className="notice-body">
        <h2 className="notice-title">{title}</h2>
        <p>
          {what} {next}
        </p>
      </div>
    </div>
  );
}

function RunFacts({ run, organization }: OfRun) {
  return (
    <Facts id="details" title="Details">
      <Fact name="Organization">
        <bdi>{organization.name}</bdi>
      </Fact>
      <Fact name="Started">{exactTime(run.createdAt)}</Fact>
      {run.startedBy !== undefined && (
        <Fact name="Started by">
          <bdi>{personText(run.startedByName ?? null, run.startedBy)}</bdi>
        </Fact>
      )}
      <Fact name="Run ID">
        <CopyableId id={run.id} what="run ID" />
      </Fact>
    </Facts>
  );
}

/** Tells screen readers what the run does meanwhile. */
function useAnnounceChanges(run: Run | undefined, organization: string): void {
  const before = useRef<Run>(undefined);
  useEffect(() => {
    const text = run && before.current ? changeText(before.current, run, organization) : "";
    if (text !== "") announce(text);
    before.current = run;
  }, [run, organization]);
}
