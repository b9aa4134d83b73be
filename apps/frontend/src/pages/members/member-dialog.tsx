import { usePlatformClient } from "@platform-api/client/react";
import { useState } from "react";
import type { MyOrganization } from "../../active-organization.ts";
import { errorReason } from "../../ui/error-reason.ts";
import { ConfirmDialog } from "./confirm-dialog.tsx";
import { questionAbout, questionOfLeaving } from "./member-question.ts";
import { leaveRefusal } from "./member-refusal.ts";
import type { Asked } from "./use-member-actions.ts";

interface MemberDialogProps {
  readonly organization: MyOrganization;
  readonly userId: string;
  readonly asked: Asked;
  /** Does the change. A refusal shows in its row. */
  readonly onConfirm: (asked: Exclude<Asked, "leave">) => Promise<void>;
  readonly onLeft: () => void;
  readonly onClose: () => void;
}

/** The question before a change of an owner, and before leaving. */
export function MemberDialog(props: MemberDialogProps) {
  const { organization, userId, asked, onConfirm, onLeft, onClose } = props;
  const client = usePlatformClient();
  const [isPending, setPending] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const leave = async () => {
    try {
      await client.org.members.leave.mutate({ organizationId: organization.id });
      onLeft();
    } catch (error) {
      setFailure(leaveRefusal(errorReason(error)));
    }
  };
  const confirm = async () => {
    setPending(true);
    setFailure(null);
    await (asked === "leave" ? leave() : onConfirm(asked));
    setPending(false);
  };
  const question =
    asked === "leave"
      ? questionOfLeaving(organization.name)
      : questionAbout(asked.member, asked.intent, asked.member.userId === userId);
  return (
    <ConfirmDialog
      question={question}
      isPending={isPending}
      failure={failure}
      onConfirm={confirm}
      onClose={onClose}
    />
  );
}
