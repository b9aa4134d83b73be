import { OtherAddress, ProblemFrame } from "../../app/problems/problem-frame.tsx";
import { ProblemPage } from "../../app/problems/problem-page.tsx";
import { ClosedPage } from "../../organization/closed.tsx";
import { useAddress, useStanding } from "../../organization/use-me.ts";
import { PastInvitationPage } from "./past-invitation.tsx";

/**
 * Shown to a user who belongs to no organization and can join none: because theirs is closed, because they were removed or have
 * left, or because no invitation waits for them.
 */
export function NoOrganization() {
  const { me, left, refresh } = useStanding();
  const [closed] = me.closed;
  if (closed !== undefined) return <ClosedPage organization={closed} />;
  const removed = me.removed.filter(({ id }) => !left.some((own) => own.id === id));
  const ended = removed.length === 0 ? left : removed;
  const [past] = me.pastInvitations;
  const isNewest = removed.length === 0 && left.every(({ at }) => past !== undefined && at < past.since);
  if (past !== undefined && isNewest) return <PastInvitationPage invitation={past} />;
  if (ended.length === 0) return <NotInvited />;
  return (
    <ProblemPage
      reason="MEMBERSHIP_REMOVED"
      organization={new Intl.ListFormat("en").format(ended.map(({ name }) => name))}
      hasLeft={removed.length === 0}
      leftAt={left.length === 1 ? left[0]?.at : undefined}
      removedFrom={removed}
      actions={["signInDifferently", "signOut"]}
      onTryNow={refresh}
    />
  );
}

function NotInvited() {
  const address = useAddress();
  return (
    <ProblemFrame icon="building" title="You are not in an organization">
      <p className="problem-what">
        You need to be a member of an organization, and none has an open invitation for{" "}
        {address === null ? "this address" : <bdi>{address}</bdi>}.
      </p>
      <p className="problem-next">
        Ask an administrator of your organization to invite this address. The organization will then appear
        here automatically.
      </p>
      <div className="actions">
        <OtherAddress />
      </div>
    </ProblemFrame>
  );
}
