import { PendingButton } from "../../design/fields/pending-button.tsx";
import { Icon } from "../../design/icon.tsx";
import type { MyInvitation } from "./invited-text.ts";
import { useInvitationAnswer } from "./use-invitation-answer.ts";

interface InvitationButtonsProps {
  readonly invitation: MyInvitation;
  readonly isSmall?: boolean;
}

/** Join and Decline, and why the last one failed. */
export function InvitationButtons({ invitation, isSmall = false }: InvitationButtonsProps) {
  const { join, decline, isJoining, isDeclining, failure } = useInvitationAnswer(invitation);
  const { name } = invitation;
  const size = isSmall ? "button-small" : "";
  return (
    <>
      <div className="invited-actions">
        <PendingButton
          className={`button button-primary ${size}`}
          aria-label={`Join ${name}`}
          isPending={isJoining}
          onPress={join}
        >
          {isSmall ? "Join" : `Join ${name}`}
        </PendingButton>
        <PendingButton
          className={`button button-plain ${size}`}
          aria-label={`Decline the invitation to ${name}`}
          isPending={isDeclining}
          onPress={decline}
        >
          Decline
        </PendingButton>
      </div>
      {failure !== null && (
        <p className="invited-failure">
          <Icon name="alert" size={14} />
          <span>{failure}</span>
        </p>
      )}
    </>
  );
}
