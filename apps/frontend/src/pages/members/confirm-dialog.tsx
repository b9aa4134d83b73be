import { Button } from "react-aria-components";
import { DialogActions, ModalDialog } from "../../design/dialog.tsx";
import { PendingButton } from "../../design/pending-button.tsx";
import type { Question } from "./member-question.ts";

export interface ConfirmDialogProps {
  readonly question: Question;
  readonly isPending: boolean;
  /** Why it was refused. The question can be answered again. */
  readonly failure: string | null;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before a change that cannot be undone by the same person. */
export function ConfirmDialog({ question, isPending, failure, onConfirm, onClose }: ConfirmDialogProps) {
  const { title, text, action, isDangerous } = question;
  return (
    <ModalDialog title={title} onClose={onClose} isAlert>
      <p className="quiet">{text}</p>
      {failure !== null && (
        <p className="dialog-failure" role="alert">
          {failure}
        </p>
      )}
      <DialogActions>
        <Button className="button" onPress={onClose}>
          Cancel
        </Button>
        <PendingButton
          className={isDangerous ? "button button-danger" : "button button-primary"}
          isPending={isPending}
          onPress={onConfirm}
        >
          {action}
        </PendingButton>
      </DialogActions>
    </ModalDialog>
  );
}
