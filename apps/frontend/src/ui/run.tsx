import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Link } from "react-aria-components";
import type { MyOrganization } from "../active-organization.ts";
import type { Run } from "../runs.ts";
import { announce } from "./announcer.tsx";
import { CopyButton } from "./copy-button.tsx";
import { FaultPage } from "./fault-page.tsx";
import { faultOf } from "./faults.ts";
import { Icon } from "./icon.tsx";
import { PageHeading } from "./page.tsx";
import { POLL_MS, pollAfter, UNFINISHED_POLL_MS, useSteadyError } from "./polling.ts";
import { isFinished, RunStatus, STATUS_NAMES, StatusGlyph } from "./run-status.tsx";
import { useRuns } from "./runs.tsx";
import { exactTime, Time } from "./time-ago.tsx";

const STEPS = ["queued", "running", "succeeded"] as const;

/** One run, followed while it goes on. */
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
  const error = useSteadyError(query);
  const run = query.data;
  useAnnounceStatus(run);
  return (
    <>
      <Link href="/" className="back-link">
        <Icon name="back" />
        All runs
      </Link>
      {error !== null ? (
        <FaultPage reason={faultOf(error)} onTryNow={() => query.refetch()} isTrying={query.isFetching} />
      ) : (
        <RunView run={run} organization={organization} />
      )}
    </>
  );
}

function RunView({
  run,
  organization,
}: {
  readonly run: Run | undefined;
  readonly organization: MyOrganization;
}) {
  if (run === undefined) {
    return (
      <div className="page-head">
        <PageHeading title="Run" />
        <p role="status" className="quiet">
          Loading the run…
        </p>
      </div>
    );
  }
  const reached = STEPS.indexOf(run.status);
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
      <section className="card" aria-labelledby="progress">
        <h2 id="progress" className="card-title">
          Progress
        </h2>
        <ol className="steps">
          {STEPS.map((step, index) => {
            const isDone = index < reached || run.status === "succeeded";
            const state = isDone ? "done" : index === reached ? "now" : "later";
            return (
              <li
                key={step}
                className="step"
                data-state={state}
                {...(state === "now" && { "aria-current": "step" as const })}
              >
                <StatusGlyph status={isDone ? "succeeded" : state === "now" ? run.status : "queued"} />
                {STATUS_NAMES[step]}
                <span className="visually-hidden">
                  {isDone ? ", done" : state === "now" ? ", now" : ", not yet"}
                </span>
              </li>
            );
          })}
        </ol>
      </section>
      <section className="card" aria-labelledby="details">
        <h2 id="details" className="card-title">
          Details
        </h2>
        <dl className="facts">
          <div>
            <dt>Organization</dt>
            <dd>{organization.name}</dd>
          </div>
          <div>
            <dt>Started</dt>
            <dd>{exactTime(run.createdAt)}</dd>
          </div>
          <div>
            <dt>Run ID</dt>
            <dd className="fact-copy">
              <code>{run.id}</code>
              <CopyButton text={run.id} what="run ID" />
            </dd>
          </div>
        </dl>
      </section>
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
