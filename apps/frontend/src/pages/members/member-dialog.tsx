import { useState } from "react";
import { ConfirmDialog } from "../../membership/confirm-dialog.tsx";
import { roleButtonOf } from "./row-focus.ts";
import type { Asked } from "./use-member-actions.ts";

interface MemberDialogProps {
  readonly asked: Asked;
  /** Does the change. A refusal shows in its row. */
  readonly onConfirm: (asked: Asked) => Promise<void>;
  readonly onClose: () => void;
}

/** The question before a change of an owner. */
export function MemberDialog({ asked, onConfirm, onClose }: MemberDialogProps) {
  const [isPending, setPending] = useState(false);
  const confirm = async () => {
    setPending(true);
    await onConfirm(asked);
    setPending(false);
  };
  return (
    <ConfirmDialog
      question={asked.question}
      isPending={isPending}
      failure={null}
      heir={() => (asked.intent.isRemoval ? null : roleButtonOf(asked.member.userId))}
      onConfirm={confirm}
      onClose={onClose}
    />
  );
}
