import { retryAfterMs } from "@platform-api/client";
import { usePlatformClient } from "@platform-api/client/react";
import { errorReason } from "../../../app/problems/error-reason.ts";
import { announce } from "../../../design/announcer.tsx";
import { noteRowGone } from "../../../design/fields/double-click.ts";
import { showToast } from "../../../design/overlays/toast.tsx";
import { copyText } from "../../../design/text/copy-button.tsx";
import { useStanding } from "../../../organization/use-me.ts";
import { useSelection } from "../lists/selection.ts";
import { useUnseenRefusal } from "../lists/use-unseen-refusal.ts";
import { type Invitation, invitationNow, linkOf } from "./invitation.ts";
import { failedAs, type InvitationAction, invitationFailure } from "./invitation-failure.ts";
import type { useInvitationChanges } from "./use-invitations.ts";

/** What the row of an invitation can do. Each resolves when it is done, and what failed is shown in the row. */
export interface InvitationActions {
  resend(invitation: Invitation): Promise<void>;
  /** Calls back before an undo brings the row back. */
  revoke(invitation: Invitation, onUndo: () => void): Promise<void>;
  copyLink(invitation: Invitation): Promise<void>;
}

export function useInvitationActions(
  organizationId: string,
  list: Pick<ReturnType<typeof useInvitationChanges>, "change">,
): InvitationActions {
  const selection = useSelection();
  const sayUnseen = useUnseenRefusal();
  const { invitations } = usePlatformClient().org;
  const invitedBy = useStanding().me.user.userId;

  const change: typeof list.change = (next) => {
    selection.changes(next.id);
    return list.change(next);
  };

  const noting = (email: string, action: InvitationAction) => (error: unknown) => {
    sayUnseen(email, invitationFailure(action, errorReason(error), retryAfterMs(error)));
    return failedAs(action)(error);
  };

  async function inviteAgain(revoked: Invitation): Promise<void> {
    const { email, role } = revoked;
    const next = { ...invitationNow(revoked, { invitedBy, now: Date.now() }), mail: revoked.mail };
    const send = async (): Promise<Invitation> => {
      const [answer] = await invitations.create.mutate({ organizationId, emails: [email], role });
      const isOpen = answer?.outcome === "invited" || answer?.outcome === "renewed";
      return isOpen ? next : { ...revoked, state: "accepted" };
    };
    await change({
      id: email,
      apply: () => next,
      send: () => send().catch(noting(email, "invite")),
      absent: revoked,
    });
    announce(`${email} is invited again`);
  }

  return {
    async resend({ email }) {
      const send = () => invitations.resend.mutate({ organizationId, email });
      await change({ id: email, apply: (row) => row, send: () => send().catch(noting(email, "resend")) });
      showToast({ text: `Renewed the invitation of ${email}.` });
    },
    async revoke(invitation, onUndo) {
      const { email } = invitation;
      const send = () => invitations.revoke.mutate({ organizationId, email });
      noteRowGone();
      const closeToast = showToast({
        text: `Revoked the invitation of ${email}.`,
        action: {
          label: "Undo",
          onPress: () => {
            onUndo();
            void inviteAgain(invitation).catch(() => {});
          },
        },
      });
      try {
        await change({
          id: email,
          apply: (row) => ({ ...row, state: "revoked" }),
          send: () => send().catch(noting(email, "revoke")),
        });
      } catch (error) {
        closeToast();
        throw error;
      }
    },
    copyLink,
  };
}

async function copyLink(invitation: Invitation): Promise<void> {
  if (await copyText(linkOf(invitation, location.origin)))
    showToast({ text: `Copied the link. It works for ${invitation.email} only.` });
}
