import { Button, Link } from "react-aria-components";
import { pathOf } from "../../app/routing/path.ts";
import { Empty } from "../../design/text/empty.tsx";
import { isUserId } from "../../organization/search.ts";
import { RefusedHint } from "./lists/refused.tsx";
import { isWhole, type MemberView } from "./member-view.ts";

interface MemberEmptyProps {
  readonly organizationId: string;
  readonly view: MemberView;
  /** One that the organization has verified. Undefined until it is known. */
  readonly domain: string | null | undefined;
  readonly onShowAll: () => void;
  readonly onShowRemoved: () => void;
}

/** Below the table when it has no rows, or only the row of the caller. */
export function MemberEmpty({ organizationId, view, domain, onShowAll, onShowRemoved }: MemberEmptyProps) {
  if (isWhole(view)) {
    return (
      <Empty icon="users" title="Only you so far">
        {domain ? (
          <p>
            Invite a colleague, or tell people at <bdi>{domain}</bdi> to sign in.
          </p>
        ) : (
          <p className={domain === undefined ? "member-hint-pending" : undefined}>
            Invite a colleague, or <Link href={pathOf(organizationId, "domains")}>verify your domain</Link> so
            that everyone can join.
          </p>
        )}
      </Empty>
    );
  }
  return (
    <Empty icon={view.query === "" ? "users" : "search"} title={titleOf(view)}>
      {view.query !== "" && <RefusedHint organizationId={organizationId} query={view.query} />}
      <p>{hintOf(view)}</p>
      <div className="member-empty-actions">
        {view.query !== "" && view.status === "active" && (
          <Button className="button button-small" onPress={onShowRemoved}>
            Look among the removed
          </Button>
        )}
        <Button className="button button-small" onPress={onShowAll}>
          Show all members
        </Button>
      </div>
    </Empty>
  );
}

const PLURALS = { owner: "owners", admin: "admins", member: "members" } as const;

function titleOf({ query, role, status }: MemberView): string {
  const who = `${status === "removed" ? "removed " : ""}${role === null ? "members" : PLURALS[role]}`;
  if (query === "") return `No ${who}`;
  return isUserId(query) ? "Nobody has this user ID" : `No ${who} found for “${query}”`;
}

function hintOf({ query, role, status }: MemberView): string {
  if (query === "") return status === "removed" ? "Nobody was removed." : "Nobody has this role.";
  if (/[,;]\s*\S/.test(query))
    return "The search is for one person at a time. Those who are selected stay selected.";
  if (status === "removed") return "The search looked only at people who were removed.";
  return role !== null
    ? `The search looked only at ${PLURALS[role]}.`
    : "The search looks at the beginning of each word of names and addresses, but not at the domains of your organization or at people who were removed.";
}
