import { usePlatform, usePlatformClient } from "@platform-api/client/react";
import { useQueryClient } from "@tanstack/react-query";
import { ExportButton, ExportFailure } from "../../app/files/export-button.tsx";
import { type Exporter, useExport } from "../../app/files/use-export.ts";
import { PageHeading } from "../../app/routing/page.tsx";
import { navigate, useParameter } from "../../app/routing/path.ts";
import type { OrganizationPageProps } from "../../organization/organization-page-props.ts";
import { InviteButton } from "./invite/invite-button.tsx";
import { nameOf } from "./lists/member-texts.ts";
import { MemberFilters } from "./member-filters.tsx";
import { MemberList } from "./member-list.tsx";
import { amountText, type MemberView, viewOf } from "./member-view.ts";
import { inputOf } from "./use-members.ts";
import "./members.css";

/** The index behind the list lags behind a change by up to a second. */
const LAG_MS = 2_000;

export function Members({ organization }: OrganizationPageProps) {
  const { org } = usePlatform();
  const queryClient = useQueryClient();
  const [query, setQuery] = useParameter("q");
  const [role, setRole] = useParameter("role");
  const [status, setStatus] = useParameter("status");
  const [sort, setSort] = useParameter("sort");
  const view = viewOf({ q: query, role, status, sort });
  const exporting = useExport(JSON.stringify([organization.id, view]));
  const makeFile = useMakeFile(organization.id, view);
  const queryKey = org.members.list.infiniteQueryKey({ organizationId: organization.id });
  const reloadLater = () => setTimeout(() => queryClient.invalidateQueries({ queryKey }), LAG_MS);
  return (
    <>
      <div className="page-head members-head">
        <div>
          <PageHeading title="Members" />
          <p className="page-lead">
            {view.status === "removed" ? (
              <>
                Those who were removed from <bdi>{organization.name}</bdi>, or left.
              </>
            ) : (
              <>
                Everyone in <bdi>{organization.name}</bdi>, and those who are invited.
              </>
            )}
          </p>
        </div>
        <InviteButton organization={organization} onInvited={reloadLater} />
      </div>
      <h2 className="visually-hidden">Members and invitations</h2>
      <ExportFailure {...exporting} />
      <MemberFilters view={view} query={query} onSearch={setQuery} onRole={setRole} onStatus={setStatus}>
        <ExportButton
          exporting={exporting}
          amount={(count) => amountText({ count, isExact: true }, view)}
          onStart={() => exporting.start(makeFile)}
        />
      </MemberFilters>
      <MemberList
        organization={organization}
        view={view}
        onSort={setSort}
        onShowRemoved={() => setStatus("removed")}
        onShowAll={() => navigate(location.pathname, { isReplacing: true })}
      />
    </>
  );
}

/** The most that the server gives at a time. */
const EXPORT_PAGE = 100;

function useMakeFile(organizationId: string, view: MemberView): Exporter {
  const { members } = usePlatformClient().org;
  const input = { ...inputOf(organizationId, view), limit: EXPORT_PAGE };
  return async (options) => {
    const { exportMembers } = await import("./export-members.ts");
    return exportMembers({
      ...options,
      organizationId,
      view,
      load: (at, signal) => members.list.query({ ...input, ...at }, { signal }),
      nameInviters: async (userIds) => {
        const found = new Map<string, string>();
        for (let start = 0; start < userIds.length; start += EXPORT_PAGE) {
          const some = userIds.slice(start, start + EXPORT_PAGE);
          const users = await members.lookup.query(
            { organizationId, userIds: some },
            { signal: options.signal },
          );
          for (const user of users) found.set(user.userId, nameOf(user));
        }
        return found;
      },
    });
  };
}
