import { useState } from "react";
import { Button, Link } from "react-aria-components";
import { ProblemFrame } from "../../app/problems/problem-frame.tsx";
import { Redirect } from "../../app/routing/page.tsx";
import { navigate, pathOf } from "../../app/routing/path.ts";
import { useApp } from "../../app/session/app-context.ts";
import { hasChosen, useStanding } from "../../organization/use-me.ts";
import { InvitedPage } from "./invited.tsx";
import { inviterText, type PastInvitation, pastTexts } from "./invited-text.ts";
import { NoOrganizationPage, OrganizationsPage } from "./organizations.tsx";

/** Where the link of an invitation leads, once its reader has signed in: to *Join*, or to why there is nothing to join. */
export function InvitationPage() {
  const { me } = useStanding();
  const [isNew] = useState(() => !hasChosen(me.user.userId));
  const [waiting, ...others] = me.invitations;
  const [past] = me.pastInvitations;
  const [mine, ...more] = me.organizations;
  if (waiting !== undefined && others.length === 0) return <InvitedPage invitation={waiting} />;
  if (waiting !== undefined) return <OrganizationsPage />;
  if (past !== undefined) return <Past invitation={past} />;
  if (mine === undefined) return <NoOrganizationPage />;
  // Whose sign-in has just accepted it reads that they are in by being in.
  return isNew && more.length === 0 ? <Redirect to={pathOf(mine.id, "runs")} /> : <AlreadyMember />;
}

function Past({ invitation }: { readonly invitation: PastInvitation }) {
  const { title, what, next } = pastTexts(invitation, Date.now());
  const { inviter } = invitation;
  return (
    <ProblemFrame icon="mail" title={title}>
      <p className="problem-what">{what}</p>
      <p className="problem-next">
        {next ?? (
          <>
            Ask <bdi>{inviterText(invitation)}</bdi> for a new one.
          </>
        )}
      </p>
      <div className="actions">
        {inviter === null ? <ElsewhereButton /> : <AskButton name={invitation.name} inviter={inviter} />}
      </div>
    </ProblemFrame>
  );
}

/** By mail. The mail has the address alone: the inviter's name could be anything. */
function AskButton({ name, inviter }: { readonly name: string; readonly inviter: string }) {
  const subject = encodeURIComponent(`A new invitation to ${name}`);
  return (
    <a className="button button-primary" href={`mailto:${encodeURIComponent(inviter)}?subject=${subject}`}>
      Ask for a new invitation
    </a>
  );
}

/** To what the user has, or else to another address, which may be the one that was invited. */
function ElsewhereButton() {
  const { beginSignIn } = useApp();
  const { organizations, joinable } = useStanding().me;
  const hasPlaces = organizations.length + joinable.length > 0;
  return (
    <Button
      className="button button-primary"
      onPress={() => (hasPlaces ? navigate("/organizations") : beginSignIn())}
    >
      {hasPlaces ? "See your organizations" : "Use a different address"}
    </Button>
  );
}

function AlreadyMember() {
  const { organizations } = useStanding().me;
  const [only, ...more] = organizations;
  const names = new Intl.ListFormat("en").format(organizations.map(({ name }) => name));
  return (
    <ProblemFrame icon="check" title="You are already a member">
      <p className="problem-what">You are a member of {names}.</p>
      <p className="problem-next">No other invitation is waiting for you.</p>
      <div className="actions">
        {only !== undefined && more.length === 0 ? (
          <Link className="button button-primary" href={pathOf(only.id, "runs")}>
            Go to {only.name}
          </Link>
        ) : (
          <ElsewhereButton />
        )}
      </div>
    </ProblemFrame>
  );
}
