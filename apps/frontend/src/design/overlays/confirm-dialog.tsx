import { useState } from "react";
import { PendingButton } from "../fields/pending-button.tsx";
import { DialogActions, ModalDialog } from "./dialog.tsx";

/** What a dialog asks before it is done. */
export interface Question {
  readonly title: string;
  readonly text: string;
  /** Whom it is about. */
  readonly whom?: readonly string[];
  /** The label of the button that does it. */
  readonly action: string;
  readonly isDangerous: boolean;
}

export interface ConfirmDialogProps {
  readonly question: Question;
  /** Why it was refused. The question can be answered again. */
  readonly failure?: string | null;
  readonly onConfirm: () => Promise<void>;
  readonly onClose: () => void;
  /** What gets the focus if the control that opened the question is gone. */
  readonly heir?: () => HTMLElement | null;
}

/** Asks before a change that cannot be undone by the same person. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { question, failure = null, onConfirm, onClose, heir } = props;
  const { title, text, whom = [], action, isDangerous } = question;
  const [isPending, setPending] = useState(false);
  const confirm = async () => {
    setPending(true);
    await onConfirm();
    setPending(false);
  };
  return (
    <ModalDialog title={title} onClose={onClose} isAlert {...(heir && { heir })}>
      {whom.length > 0 && (
        <ul className="dialog-list">
          {whom.map((each) => (
            <li key={each}>
              <bdi>{each}</bdi>
            </li>
          ))}
        </ul>
      )}
      <p className="quiet">{text}</p>
      {failure !== null && (
        <p className="dialog-failure" role="alert">
          {failure}
        </p>
      )}
      <DialogActions onCancel={onClose}>
        <PendingButton
          className={isDangerous ? "button button-danger" : "button button-primary"}
          isPending={isPending}
          onPress={confirm}
        >
          {action}
        </PendingButton>
      </DialogActions>
    </ModalDialog>
  );
}
