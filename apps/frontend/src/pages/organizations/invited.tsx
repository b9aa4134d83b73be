import { ProblemFrame } from "../../app/problems/problem-frame.tsx";
import { Icon } from "../../design/icon.tsx";
import { useAddress, useStanding } from "../../organization/use-me.ts";
import { Invited } from "./invitation-bar.tsx";
import { InvitationButtons } from "./invitation-buttons.tsx";
import { expiryText, type MyInvitation } from "./invited-text.ts";
import "./invited.css";

/** For somebody who has nothing but one invitation. */
export function InvitedPage({ invitation }: { readonly invitation: MyInvitation }) {
  const address = useAddress();
  return (
    <ProblemFrame icon="mail" title="You have an invitation">
      <p className="problem-what">
        <Invited offer={invitation} />
      </p>
      <p className="problem-next">
        {expiryText(invitation, Date.now())}
        {address !== null && (
          <>
            {" "}
            You are signed in as <bdi>{address}</bdi>.
          </>
        )}
      </p>
      <InvitationButtons invitation={invitation} />
    </ProblemFrame>
  );
}

/** The invitations that wait for the user's answer, before their organizations. */
export function InvitationList() {
  const { invitations } = useStanding().me;
  if (invitations.length === 0) return null;
  return (
    <section aria-labelledby="invitations">
      <h2 id="invitations" className="section-title">
        Invitations
      </h2>
      <ul className="card rows">
        {invitations.map((invitation) => (
          <InvitationRow key={invitation.organizationId} invitation={invitation} />
        ))}
      </ul>
    </section>
  );
}

function InvitationRow({ invitation }: { readonly invitation: MyInvitation }) {
  return (
    <li className="row organization-row">
      <span className="invited-picture">
        <Icon name="mail" />
      </span>
      <span className="row-text">
        <span>
          <Invited offer={invitation} className="row-name" />
        </span>
        <span className="quiet">{expiryText(invitation, Date.now())}</span>
      </span>
      <InvitationButtons invitation={invitation} isSmall />
    </li>
  );
}
