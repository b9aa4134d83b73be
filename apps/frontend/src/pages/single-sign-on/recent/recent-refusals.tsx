import { usePlatform } from "@platform-api/client/react";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Button } from "react-aria-components";
import { ProblemNotice } from "../../../app/problems/notice.tsx";
import { REFUSED } from "../../../app/routing/path.ts";
import { Icon } from "../../../design/icon.tsx";
import { SkeletonRows } from "../../../design/skeleton.tsx";
import { Time } from "../../../design/text/time-ago.tsx";
import type { Domain } from "../../../organization/trusted-domains.ts";
import type { Connection } from "../connection/connection.ts";
import { RefusalCure } from "./refusal-cure.tsx";
import { type RecentRefusal, sentenceOf, timesText, whoText } from "./refusal-texts.ts";

interface RecentRefusalsProps {
  readonly organizationId: string;
  readonly connections: readonly Connection[];
  readonly domains: readonly Domain[];
}

/** Above the steps: that somebody could not get in, and still cannot. */
export function UnsettledRefusals({ organizationId }: Pick<RecentRefusalsProps, "organizationId">) {
  const { org } = usePlatform();
  const { data = [] } = useQuery(org.refusals.list.queryOptions({ organizationId }));
  const unsettled = data.filter(({ cure }) => cure !== "none-needed").length;
  if (unsettled === 0) return null;
  return (
    <p className="sso-unsettled">
      <Icon name="alert" size={14} />
      Somebody could not get in lately.{" "}
      <Button className="sso-link" onPress={focusHeading}>
        See why
      </Button>
    </p>
  );
}

function focusHeading(): void {
  document.getElementById(REFUSED)?.focus();
}

/** Who could not get in, why, and what can be done about it. A link to this part leads here. */
export function RecentRefusals({ organizationId, connections, domains }: RecentRefusalsProps) {
  const { org } = usePlatform();
  const { data, error, isFetching, refetch } = useQuery(org.refusals.list.queryOptions({ organizationId }));
  useEffect(() => {
    if (location.hash === `#${REFUSED}`) focusHeading();
  }, []);
  return (
    <section aria-labelledby={REFUSED}>
      <h2 id={REFUSED} tabIndex={-1} className="section-title">
        Recently refused
      </h2>
      <ProblemNotice error={error} onTryNow={() => void refetch()} isTrying={isFetching} />
      {data === undefined && error === null && <SkeletonRows label="Loading who was refused" count={1} />}
      {data?.length === 0 && <p className="quiet">Nobody in the last 14 days.</p>}
      {data !== undefined && data.length > 0 && (
        <ul className="card rows">
          {data.map((refusal) => (
            <RefusalRow
              key={JSON.stringify([refusal.email, refusal.domain, refusal.connection, refusal.reason])}
              organizationId={organizationId}
              refusal={refusal}
              connections={connections}
              domains={domains}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

interface RefusalRowProps extends RecentRefusalsProps {
  readonly refusal: RecentRefusal;
}

function RefusalRow({ organizationId, refusal, connections, domains }: RefusalRowProps) {
  const { lastAt, count, askedAt } = refusal;
  return (
    <li className="row sso-row">
      <span className="row-text">
        <bdi className="row-name">{whoText(refusal)}</bdi>
        <span className="quiet">
          {sentenceOf(refusal, connections)}
          {askedAt !== null && (
            <>
              {" "}
              They asked to be restored <Time at={askedAt} />.
            </>
          )}
        </span>
        <span className="quiet">
          {timesText(count)}
          <Time at={lastAt} />
        </span>
      </span>
      <RefusalCure organizationId={organizationId} refusal={refusal} domains={domains} />
    </li>
  );
}
