import { useState } from "react";
import { Button } from "react-aria-components";
import { announce } from "../announcer.tsx";
import { ConfirmDialog } from "../overlays/confirm-dialog.tsx";
import { DialogActions, ModalDialog } from "../overlays/dialog.tsx";
import { showPlainToast } from "../overlays/plain-toast.tsx";
import { showToast } from "../overlays/toast.tsx";
import { Chapter } from "./specimen.tsx";

const QUESTION = {
  title: "Release acme.example?",
  text: "It must be answered, so only its buttons and Escape close it.",
  action: "Release",
  isDangerous: true,
};

/** What covers the page, in the theme of the browser. */
export function Overlays() {
  const [shown, setShown] = useState<"dialog" | "question" | null>(null);
  const close = () => setShown(null);
  return (
    <Chapter
      title="Dialog, toast and announcement"
      about="A dialog for what needs more than one field, or cannot be undone; load it on intent. A toast for what can be undone. An announcement for what a screen reader would miss. They take the theme of your browser."
    >
      <div className="specimens">
        <Button className="button" onPress={() => setShown("dialog")}>
          Open a dialog
        </Button>
        <Button className="button" onPress={() => setShown("question")}>
          Open a question
        </Button>
        <Button className="button" onPress={() => showToast({ text: "Saved." })}>
          Show a toast
        </Button>
        <Button
          className="button"
          onPress={() =>
            showToast({
              text: "Removed. Access ends within 10 seconds.",
              action: { label: "Undo", onPress: () => announce("Restored") },
            })
          }
        >
          Show a toast with an action
        </Button>
        <Button
          className="button"
          onPress={() =>
            showPlainToast({
              text: "A new version is available.",
              action: { label: "Reload", onPress: () => location.reload() },
            })
          }
        >
          Show a toast whose code is always there
        </Button>
        <Button className="button" onPress={() => announce("Copied the colour")}>
          Announce something
        </Button>
      </div>
      {shown === "dialog" && <Example onClose={close} />}
      {shown === "question" && (
        <ConfirmDialog question={QUESTION} onConfirm={async () => close()} onClose={close} />
      )}
    </Chapter>
  );
}

function Example({ onClose }: { readonly onClose: () => void }) {
  return (
    <ModalDialog title="Invite people" onClose={onClose}>
      <p>A click beside it and Escape close it.</p>
      <DialogActions onCancel={onClose}>
        <Button className="button button-primary" onPress={onClose}>
          Invite
        </Button>
      </DialogActions>
    </ModalDialog>
  );
}
