import { OrganizationsLink, OtherAddress, ProblemFrame } from "../../app/problems/problem-frame.tsx";
import { useStanding } from "../../organization/use-me.ts";
import { inviterText } from "./invited-text.ts";
import { type PastInvitation, pastTexts } from "./past-text.ts";

/** An invitation that has ended: why, whom to ask, and for who belongs nowhere the way to another account. */
export function PastInvitationPage({ invitation }: { readonly invitation: PastInvitation }) {
  const { title, what, ask } = pastTexts(invitation, Date.now());
  const who = inviterText(invitation);
  const { organizations, joinable } = useStanding().me;
  const hasPlaces = organizations.length + joinable.length > 0;
  return (
    <ProblemFrame icon="mail" title={title}>
      <p className="problem-what">
        {who !== null && (
          <>
            <bdi>{who}</bdi> invited you to <bdi>{invitation.name}</bdi>.{" "}
          </>
        )}
        {what}
      </p>
      <p className="problem-next">
        {ask.before}
        <bdi>{ask.whom}</bdi>
        {ask.after}
      </p>
      <div className="actions">
        {ask.address !== null && <AskLink name={invitation.name} address={ask.address} />}
        {ask.address === null && hasPlaces && <OrganizationsLink />}
        {!hasPlaces && <OtherAddress isFirst={ask.address === null} />}
      </div>
    </ProblemFrame>
  );
}

/** A mail to the inviter. It has no name of theirs, which could be anything. */
function AskLink({ name, address }: { readonly name: string; readonly address: string }) {
  const subject = encodeURIComponent(`A new invitation to ${name}`);
  return (
    <a className="button button-primary" href={`mailto:${encodeURIComponent(address)}?subject=${subject}`}>
      Ask for a new invitation
    </a>
  );
}
