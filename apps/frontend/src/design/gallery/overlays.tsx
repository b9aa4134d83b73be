import { useState } from "react";
import { Button } from "react-aria-components";
import { announce } from "../announcer.tsx";
import { DialogActions, ModalDialog } from "../overlays/dialog.tsx";
import { showPlainToast } from "../overlays/plain-toast.tsx";
import { showToast } from "../overlays/toast.tsx";
import { Chapter } from "./specimen.tsx";

type Kind = "dialog" | "question";

/** What covers the page, in the theme of the browser. */
export function Overlays() {
  const [shown, setShown] = useState<Kind | null>(null);
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
      {shown !== null && <Example kind={shown} onClose={() => setShown(null)} />}
    </Chapter>
  );
}

function Example({ kind, onClose }: { readonly kind: Kind; readonly onClose: () => void }) {
  const isQuestion = kind === "question";
  return (
    <ModalDialog
      title={isQuestion ? "Release acme.example?" : "Invite people"}
      isAlert={isQuestion}
      onClose={onClose}
    >
      <p>
        {isQuestion
          ? "It must be answered, so only its buttons and Escape close it."
          : "A click beside it and Escape close it."}
      </p>
      <DialogActions>
        <Button className="button" onPress={onClose}>
          Cancel
        </Button>
        <Button className={isQuestion ? "button button-danger" : "button button-primary"} onPress={onClose}>
          {isQuestion ? "Release" : "Invite"}
        </Button>
      </DialogActions>
    </ModalDialog>
  );
}
