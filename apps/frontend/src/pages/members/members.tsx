import { usePlatform } from "@platform-api/client/react";
import { useQueryClient } from "@tanstack/react-query";
import { PageHeading } from "../../app/routing/page.tsx";
import { navigate, useParameter } from "../../app/routing/path.ts";
import type { OrganizationPageProps } from "../../organization/organization-page-props.ts";
import { InviteButton } from "./invite/invite-button.tsx";
import { MemberFilters } from "./member-filters.tsx";
import { MemberList } from "./member-list.tsx";
import { viewOf } from "./member-view.ts";
import "./members.css";

/** The index behind the list lags behind a change by up to a second. */
const LAG_MS = 2_000;

export function Members({ organization }: OrganizationPageProps) {
  const { org } = usePlatform();
  const queryClient = useQueryClient();
  const [query, setQuery] = useParameter("q");
  const [role, setRole] = useParameter("role");
  const [status, setStatus] = useParameter("status");
  const queryKey = org.members.list.infiniteQueryKey({ organizationId: organization.id });
  const reloadLater = () => setTimeout(() => queryClient.invalidateQueries({ queryKey }), LAG_MS);
  return (
    <>
      <div className="page-head members-head">
        <div>
          <PageHeading title="Members" />
          <p className="page-lead">
            Everyone in <bdi>{organization.name}</bdi>, and those who are invited.
          </p>
        </div>
        <InviteButton organization={organization} onInvited={reloadLater} />
      </div>
      <h2 className="visually-hidden">Members and invitations</h2>
      <MemberFilters
        view={viewOf(query, role, status)}
        query={query}
        onSearch={setQuery}
        onRole={setRole}
        onStatus={setStatus}
      />
      <MemberList
        organization={organization}
        view={viewOf(query, role, status)}
        onShowRemoved={() => setStatus("removed")}
        onShowAll={() => navigate(location.pathname, { isReplacing: true })}
      />
    </>
  );
}
