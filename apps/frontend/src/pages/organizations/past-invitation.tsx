import { OrganizationsLink, ProblemFrame } from "../../app/problems/problem-frame.tsx";
import { useStanding } from "../../organization/use-me.ts";
import { inviterText, type PastInvitation, pastTexts } from "./invited-text.ts";

/** An invitation that has ended: why, and one way on. */
export function PastInvitationPage({ invitation }: { readonly invitation: PastInvitation }) {
  const { title, what, next } = pastTexts(invitation, Date.now());
  const { organizations, joinable } = useStanding().me;
  const hasPlaces = organizations.length + joinable.length > 0;
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
        {invitation.inviter === null && hasPlaces ? <OrganizationsLink /> : <AskLink {...invitation} />}
      </div>
    </ProblemFrame>
  );
}

/** A mail, to be addressed by the user where nobody can be named. It has no inviter's name, which could be anything. */
function AskLink({ name, inviter }: Pick<PastInvitation, "name" | "inviter">) {
  const subject = encodeURIComponent(`A new invitation to ${name}`);
  return (
    <a
      className="button button-primary"
      href={`mailto:${encodeURIComponent(inviter ?? "")}?subject=${subject}`}
    >
      Ask for a new invitation
    </a>
  );
}
