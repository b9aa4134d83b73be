import { type ReactNode, useEffect, useRef } from "react";
import { Button, Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { Icon } from "../icon.tsx";
import { useIsOpen } from "./open-overlays.ts";

export interface ModalDialogProps {
  readonly title: string;
  readonly onClose: () => void;
  /** For a question that must be answered: read aloud at once, and not closed by a click beside it. */
  readonly isAlert?: boolean;
  /** What gets the focus if the control that opened the dialog is gone when it closes. Without it, the page's title. */
  readonly heir?: () => HTMLElement | null;
  readonly children: ReactNode;
}

/** A dialog over the page. It is open while it is rendered. Load it on intent: `lazyOverlay`. */
export function ModalDialog({ title, onClose, isAlert = false, heir, children }: ModalDialogProps) {
  useIsOpen(isAlert);
  const latestHeir = useRef(heir);
  useEffect(() => () => giveLostFocusTo(latestHeir.current), []);
  return (
    <ModalOverlay
      className="modal-overlay"
      isOpen
      isDismissable={!isAlert}
      onOpenChange={(isOpen) => isOpen || onClose()}
    >
      <Modal className="modal">
        <Dialog className="dialog" role={isAlert ? "alertdialog" : "dialog"}>
          <div className="dialog-head">
            <Heading slot="title" className="dialog-title">
              {title}
            </Heading>
            {!isAlert && (
              <Button className="button button-icon" aria-label="Close" onPress={onClose}>
                <Icon name="close" />
              </Button>
            )}
          </div>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** In the first frame after a dialog, React Aria gives the focus back to the control that opened it. */
function giveLostFocusTo(heir: ModalDialogProps["heir"]): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      const pageTitle = document.querySelector<HTMLElement>("h1");
      if (document.activeElement === document.body) (heir?.() ?? pageTitle)?.focus();
    }),
  );
}

interface DialogActionsProps {
  /** Of a question. */
  readonly onCancel?: () => void;
  /** Whether *Cancel* has the focus at first. */
  readonly isCancelFocused?: boolean;
  readonly children: ReactNode;
}

/** The buttons at the end of a dialog. */
export function DialogActions({ onCancel, isCancelFocused = false, children }: DialogActionsProps) {
  return (
    <div className="dialog-actions">
      {onCancel && (
        <Button className="button" autoFocus={isCancelFocused} onPress={onCancel}>
          Cancel
        </Button>
      )}
      {children}
    </div>
  );
}
