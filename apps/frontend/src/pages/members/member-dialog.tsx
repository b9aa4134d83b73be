import { useState } from "react";
import { ConfirmDialog } from "../../membership/confirm-dialog.tsx";
import { questionAbout } from "../../membership/member-question.ts";
import { roleButtonOf } from "./row-focus.ts";
import type { Asked } from "./use-member-actions.ts";

interface MemberDialogProps {
  readonly userId: string;
  readonly asked: Asked;
  /** Does the change. A refusal shows in its row. */
  readonly onConfirm: (asked: Asked) => Promise<void>;
  readonly onClose: () => void;
}

/** The question before a change of an owner. */
export function MemberDialog({ userId, asked, onConfirm, onClose }: MemberDialogProps) {
  const [isPending, setPending] = useState(false);
  const confirm = async () => {
    setPending(true);
    await onConfirm(asked);
    setPending(false);
  };
  return (
    <ConfirmDialog
      question={questionAbout(asked.member, asked.intent, asked.member.userId === userId)}
      isPending={isPending}
      failure={null}
      heir={() => (asked.intent.kind === "role" ? roleButtonOf(asked.member.userId) : null)}
      onConfirm={confirm}
      onClose={onClose}
    />
  );
}
