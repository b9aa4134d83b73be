import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Link } from "react-aria-components";
import type { MyOrganization } from "../active-organization.ts";
import type { Run } from "../runs-client.ts";
import { announce } from "./announcer.tsx";
import { CopyableId, Fact, Facts } from "./facts.tsx";
import { Icon } from "./icon.tsx";
import { PageHeading } from "./page.tsx";
import { POLL_MS, pollAfter, UNFINISHED_POLL_MS, useIsLate, useSteadyReason } from "./polling.ts";
import { ProblemPage } from "./problem-page.tsx";
import { isFinished, RunStatus, STATUS_NAMES, StatusGlyph } from "./run-status.tsx";
import { useRuns } from "./runs-page.tsx";
import { exactTime, Time } from "./time-ago.tsx";

const STEPS = ["queued", "running", "succeeded"] as const;

export function RunPage({
  organization,
  id,
}: {
  readonly organization: MyOrganization;
  readonly id: string;
}) {
  const runs = useRuns(organization.id);
  const query = useQuery({
    queryKey: ["run", organization.id, id],
    queryFn: () => runs.find(id),
    refetchInterval: ({ state }) =>
      pollAfter(state.error, state.data && !isFinished(state.data) ? UNFINISHED_POLL_MS : POLL_MS),
  });
  const problem = useSteadyReason(query);
  const run = query.data;
  useAnnounceStatus(run);
  return (
    <>
      <Link href="/" className="back-link">
        <Icon name="back" />
        All runs
      </Link>
      {problem ? (
        <ProblemPage reason={problem} onTryNow={() => query.refetch()} isTrying={query.isFetching} />
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
        <PageHeading title={run.title}>
          <bdi>{run.title}</bdi>
        </PageHeading>
        <p className="page-lead run-lead">
          <RunStatus status={run.status} />
          <span className="quiet">
            started <Time at={run.createdAt} />
          </span>
        </p>
      </div>
      <Progress status={run.status} />
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

function Progress({ status }: { readonly status: Run["status"] }) {
  const reached = STEPS.indexOf(status);
  return (
    <section className="card" aria-labelledby="progress">
      <h2 id="progress" className="card-title">
        Progress
      </h2>
      <ol className="steps">
        {STEPS.map((step, index) => {
          const isDone = index < reached || status === "succeeded";
          const state = isDone ? "done" : index === reached ? "now" : "later";
          return (
            <li
              key={step}
              className="step"
              data-state={state}
              {...(state === "now" && { "aria-current": "step" as const })}
            >
              <StatusGlyph status={isDone ? "succeeded" : state === "now" ? status : "queued"} />
              {STATUS_NAMES[step]}
              <span className="visually-hidden">
                {isDone ? ", done" : state === "now" ? ", now" : ", not yet"}
              </span>
            </li>
          );
        })}
      </ol>
    </section>
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
