import {
  Button,
  UNSTABLE_ToastRegion as Region,
  Text,
  UNSTABLE_Toast as Toast,
  UNSTABLE_ToastContent as ToastBody,
  UNSTABLE_ToastQueue as ToastQueue,
} from "react-aria-components";
import { Icon } from "../icon.tsx";
import type { ToastContent } from "./toast-content.ts";

export const toasts = new ToastQueue<ToastContent>({ maxVisibleToasts: 3 });

/** F6 goes to the region: what can be done is one key away, and Shift+Tab leads back from it. */
function focusAction(region: HTMLElement | null): () => void {
  const move = ({ relatedTarget }: FocusEvent) => {
    if (relatedTarget instanceof Node && region?.contains(relatedTarget)) return;
    region?.querySelector<HTMLElement>(".toast-action")?.focus();
  };
  region?.addEventListener("focus", move);
  return () => region?.removeEventListener("focus", move);
}

/** A landmark that F6 reaches. Toasts wait while the pointer or the focus is on them. */
export function ToastRegion() {
  return (
    <Region queue={toasts} className="toasts" ref={focusAction}>
      {({ toast }) => (
        <Toast toast={toast} className="toast">
          <ToastBody className="toast-text">
            <Text slot="title">{toast.content.text}</Text>
            {toast.content.detail !== undefined && (
              <Text slot="description" className="toast-detail">
                {toast.content.detail}
              </Text>
            )}
          </ToastBody>
          {toast.content.action && toast.content.isByKey && (
            <span className="toast-key">F6 goes to {toast.content.action.label}</span>
          )}
          {toast.content.action && (
            <Button
              className="button button-small toast-action"
              {...(toast.content.action.name !== undefined && { "aria-label": toast.content.action.name })}
              onPress={() => {
                toasts.close(toast.key);
                toast.content.action?.onPress();
              }}
            >
              {toast.content.action.label}
            </Button>
          )}
          <Button slot="close" className="button button-icon toast-close" aria-label="Dismiss">
            <Icon name="close" />
          </Button>
        </Toast>
      )}
    </Region>
  );
}
