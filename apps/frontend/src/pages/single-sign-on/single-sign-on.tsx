import { usePlatform } from "@platform-api/client/react";
import { useQuery } from "@tanstack/react-query";
import { ProblemNotice } from "../../app/problems/notice.tsx";
import { useSteadyError } from "../../app/problems/polling.ts";
import { PageHead } from "../../app/routing/page.tsx";
import { lastRoute } from "../../app/session/last-route.ts";
import { SkeletonRows } from "../../design/skeleton.tsx";
import type { OrganizationPageProps } from "../../organization/organization-page-props.ts";
import { useAddress } from "../../organization/use-me.ts";
import { Checklist } from "./checklist.tsx";
import { RecentRefusals, UnsettledRefusals } from "./recent/recent-refusals.tsx";
import "./single-sign-on.css";

/** How people sign in to an organization: the steps to single sign-on, and its connections. */
export function SingleSignOn({ organization }: OrganizationPageProps) {
  const { org } = usePlatform();
  const organizationId = organization.id;
  const settings = useQuery(org.get.queryOptions({ organizationId }));
  const domains = useQuery(org.domains.list.queryOptions({ organizationId }));
  const connections = useQuery(org.connections.list.queryOptions({ organizationId }));
  const email = useAddress();
  const queries = [settings, domains, connections];
  const failed = queries.find(({ error }) => error !== null) ?? settings;
  const error = useSteadyError(failed);
  // What stands above the steps does not push them down later.
  const refusals = useQuery(org.refusals.list.queryOptions({ organizationId }));
  const isLoaded = !refusals.isPending && settings.data && domains.data && connections.data;
  return (
    <>
      <PageHead title="Sign-in">
        How people sign in to <bdi>{organization.name}</bdi>. Four steps to single sign-on.
      </PageHead>
      <ProblemNotice
        error={error}
        onTryNow={() => queries.forEach((query) => void query.refetch())}
        isTrying={failed.isFetching}
      />
      {isLoaded ? (
        <>
          <UnsettledRefusals organizationId={organizationId} />
          <Checklist
            organizationId={organizationId}
            role={organization.role}
            settings={settings.data}
            domains={domains.data}
            connections={connections.data}
            email={email}
            // A hint: the server decides by the token, which the app does not read.
            signedInThrough={lastRoute()?.connection ?? null}
          />
          <RecentRefusals
            organizationId={organizationId}
            connections={connections.data}
            domains={domains.data}
          />
        </>
      ) : (
        failed.error === null && <SkeletonRows label="Loading the sign-in of the organization" count={4} />
      )}
    </>
  );
}
