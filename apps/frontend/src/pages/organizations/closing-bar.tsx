import { PendingButton } from "../../design/fields/pending-button.tsx";
import { Icon } from "../../design/icon.tsx";
import { exactTime } from "../../design/text/time-ago.tsx";
import type { MyOrganization } from "../../organization/active-organization.ts";
import { useKeepOpen } from "../../organization/use-closing.ts";
import "./invited.css";

/** Above the pages of an organization that closes soon. Its owners can keep it open. */
export function ClosingBar({ organization }: { readonly organization: MyOrganization }) {
  const { keepOpen, isPending, failure } = useKeepOpen(organization);
  const { name, role, closesAt } = organization;
  if (closesAt === null) return null;
  return (
    <div className="invited-bar closing-bar">
      <Icon name="clock" />
      <span role="status">
        <bdi>{name}</bdi> closes on {exactTime(closesAt)}.{failure && ` ${failure}`}
      </span>
      {role === "owner" && (
        <PendingButton
          className="button button-small"
          aria-label={`Keep it open: ${name}`}
          isPending={isPending}
          onPress={keepOpen}
        >
          Keep it open
        </PendingButton>
      )}
    </div>
  );
}
