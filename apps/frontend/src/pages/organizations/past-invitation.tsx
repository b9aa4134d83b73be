import { OrganizationsLink, ProblemFrame } from "../../app/problems/problem-frame.tsx";
import { useStanding } from "../../organization/use-me.ts";
import { inviterText } from "./invited-text.ts";
import { type PastInvitation, pastTexts } from "./past-text.ts";

/** An invitation that has ended: why, and one way on. */
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
        {ask.address === null && hasPlaces ? (
          <OrganizationsLink />
        ) : (
          <AskLink name={invitation.name} address={ask.address} />
        )}
      </div>
    </ProblemFrame>
  );
}

/** A mail, to be addressed by the user where nobody can be named. It has no inviter's name, which could be anything. */
function AskLink({ name, address }: { readonly name: string; readonly address: string | null }) {
  const subject = encodeURIComponent(`A new invitation to ${name}`);
  return (
    <a
      className="button button-primary"
      href={`mailto:${encodeURIComponent(address ?? "")}?subject=${subject}`}
    >
      Ask for a new invitation
    </a>
  );
}
