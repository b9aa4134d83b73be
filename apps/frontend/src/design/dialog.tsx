import type { ReactNode } from "react";
import { Button, Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { Icon } from "./icon.tsx";

export interface ModalDialogProps {
  readonly title: string;
  readonly onClose: () => void;
  /** For a question that must be answered: read aloud at once, and not closed by a click beside it. */
  readonly isAlert?: boolean;
  readonly children: ReactNode;
}

/** A dialog over the page. It is open while it is rendered. Load it on intent: `lazyOverlay`. */
export function ModalDialog({ title, onClose, isAlert = false, children }: ModalDialogProps) {
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

/** The buttons at the end of a dialog. */
export function DialogActions({ children }: { readonly children: ReactNode }) {
  return <div className="dialog-actions">{children}</div>;
}
