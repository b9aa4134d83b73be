import { useEffect, useRef } from "react";
import { Button, Link } from "react-aria-components";
import { useIsLate } from "../../app/problems/polling.ts";
import { pathOf } from "../../app/routing/path.ts";
import { Empty } from "../../design/text/empty.tsx";
import { plainText } from "../../design/text/plain-text.ts";
import { Time } from "../../design/text/time-ago.tsx";
import { personText } from "../../organization/person-text.ts";
import { RunStatus } from "./run-status.tsx";
import { durationText } from "./run-texts.ts";
import type { Run } from "./runs-client.ts";

interface RunListProps {
  readonly organizationId: string;
  readonly runs: readonly Run[];
  /** The id of the run that gets the focus. */
  readonly focused: string | null;
}

export function RunList({ organizationId, runs, focused }: RunListProps) {
  return (
    <ul className="card rows">
      {runs.map((run) => (
        <RunRow key={run.id} organizationId={organizationId} run={run} isFocused={run.id === focused} />
      ))}
    </ul>
  );
}

interface RunRowProps {
  readonly organizationId: string;
  readonly run: Run;
  readonly isFocused: boolean;
}

function RunRow({ organizationId, run, isFocused }: RunRowProps) {
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (isFocused) link.current?.focus();
  }, [isFocused]);
  return (
    <li className="row run-row">
      <RunStatus status={run.status} />
      <Link ref={link} href={pathOf(organizationId, "runs", run.id)} className="row-link">
        <bdi>{plainText(run.title)}</bdi>
      </Link>
      <span className="quiet run-time">
        {run.durationMs !== undefined && `${durationText(run.durationMs)} · `}
        <Time at={run.createdAt} />
        {run.startedBy !== undefined && (
          <>
            {" by "}
            <bdi>{personText(run.startedByName ?? null, run.startedBy)}</bdi>
          </>
        )}
      </span>
    </li>
  );
}

export function NoRuns() {
  return (
    <div className="empty">
      <EmptyPicture />
      <h3 className="empty-title">No runs yet</h3>
      <p>Give one a document above, and follow its steps.</p>
    </div>
  );
}

/** Whether other runs exist is not known. */
export function NoRunsInState({ onShowAll }: { readonly onShowAll: () => void }) {
  return (
    <Empty icon="search" title="No run is in this state">
      <p>Choose another state, or look at all of them.</p>
      <Button className="button" onPress={onShowAll}>
        Show all runs
      </Button>
    </Empty>
  );
}

function EmptyPicture() {
  return (
    <svg className="icon empty-picture" width="96" height="64" viewBox="0 0 96 64" aria-hidden="true">
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

export function RunSkeletons() {
  const isLate = useIsLate();
  return (
    <div className="card rows">
      <p className={isLate ? "row quiet" : "visually-hidden"} role="status">
        Loading runs…{isLate && " Taking longer than usual."}
      </p>
      {["60%", "44%", "52%"].map((width) => (
        <div key={width} className="row">
          <span className="skeleton" style={{ width }} />
        </div>
      ))}
    </div>
  );
}
