import { Link } from "react-aria-components";
import { Icon } from "../../design/icon.tsx";
import { useStanding } from "../../organization/use-me.ts";
import { invitedParts, type Offer } from "./invited-text.ts";
import "./invited.css";

/** Above the pages of an organization, while another one invites. */
export function InvitationBar() {
  const { invitations } = useStanding().me;
  const [first, ...others] = invitations;
  if (first === undefined) return null;
  return (
    <p className="invited-bar">
      <Icon name="mail" />
      <span role="status">
        {others.length === 0 ? <Invited offer={first} /> : `You have ${invitations.length} invitations.`}
      </span>
      <Link href="/organizations">Join or decline</Link>
    </p>
  );
}

/** Who invited the user to what. */
export function Invited({ offer, className }: { readonly offer: Offer; readonly className?: string }) {
  const { who, before, name, after } = invitedParts(offer);
  return (
    <>
      {who !== null && <bdi>{who}</bdi>}
      {before}
      <bdi className={className}>{name}</bdi>
      {after}
    </>
  );
}
