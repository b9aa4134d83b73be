import { useState } from "react";
import { Link } from "react-aria-components";
import { OrganizationsLink, ProblemFrame } from "../../app/problems/problem-frame.tsx";
import { pathOf } from "../../app/routing/path.ts";
import type { MyOrganization } from "../../organization/active-organization.ts";
import { aRole } from "../../organization/role-text.ts";
import { hasChosen, useStanding } from "../../organization/use-me.ts";
import { usePerson } from "../../organization/use-person.ts";
import { InvitedPage } from "./invited.tsx";
import { NoOrganizationPage, OrganizationsPage } from "./organizations.tsx";
import { PastInvitationPage } from "./past-invitation.tsx";

/** Where the link of an invitation leads, once its reader has signed in: to *Join*, or to why there is nothing to join. */
export function InvitationPage() {
  const { me } = useStanding();
  const [isNew] = useState(() => !hasChosen(me.user.userId));
  const [waiting, ...others] = me.invitations;
  const [past] = me.pastInvitations;
  const [mine, ...more] = me.organizations;
  if (waiting !== undefined && others.length === 0) return <InvitedPage invitation={waiting} />;
  if (waiting !== undefined) return <OrganizationsPage />;
  if (past !== undefined) return <PastInvitationPage invitation={past} />;
  if (mine === undefined) return <NoOrganizationPage />;
  return isNew && more.length === 0 ? <Welcome organization={mine} /> : <AlreadyMember />;
}

/** Whose sign-in has just accepted it. */
function Welcome({ organization }: { readonly organization: MyOrganization }) {
  const { id, name, role, invitedBy } = organization;
  const inviter = usePerson(id, invitedBy);
  return (
    <ProblemFrame icon="check" title={`Welcome to ${name}`}>
      <p className="problem-what">
        You joined <bdi>{name}</bdi> as {aRole(role)}.
        {inviter !== null && (
          <>
            {" "}
            <bdi>{inviter}</bdi> invited you.
          </>
        )}
      </p>
      <div className="actions">
        <Link className="button button-primary" href={pathOf(id, "runs")}>
          Go to {name}
        </Link>
      </div>
    </ProblemFrame>
  );
}

function AlreadyMember() {
  const { organizations } = useStanding().me;
  const [only, ...more] = organizations;
  const names = new Intl.ListFormat("en").format(organizations.map(({ name }) => name));
  return (
    <ProblemFrame icon="check" title={`You are already a member of ${names}`}>
      <p className="problem-what">No other invitation is waiting for you.</p>
      <div className="actions">
        {only !== undefined && more.length === 0 ? (
          <Link className="button button-primary" href={pathOf(only.id, "runs")}>
            Go to {only.name}
          </Link>
        ) : (
          <OrganizationsLink />
        )}
      </div>
    </ProblemFrame>
  );
}
