import {
  Button,
  UNSTABLE_ToastRegion as Region,
  Text,
  UNSTABLE_Toast as Toast,
  UNSTABLE_ToastContent as ToastBody,
  UNSTABLE_ToastQueue as ToastQueue,
} from "react-aria-components";
import { Icon } from "../icon.tsx";
import { focusBefore, reachedByF6 } from "./f6.ts";
import type { ToastContent } from "./toast-content.ts";

export const toasts = new ToastQueue<ToastContent>({ maxVisibleToasts: 3 });

/** Toasts wait while the pointer or the focus is on them. */
export function ToastRegion() {
  return (
    <Region queue={toasts} className="toasts">
      {({ toast }) => (
        <Toast toast={toast} className="toast" ref={reachedByF6}>
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
              data-undo
              {...(toast.content.action.name !== undefined && { "aria-label": toast.content.action.name })}
              onPress={() => {
                focusBefore();
                toasts.close(toast.key);
                toast.content.action?.onPress();
              }}
            >
              {toast.content.action.label}
            </Button>
          )}
          <Button
            slot="close"
            className="button button-icon toast-close"
            aria-label="Dismiss"
            onPress={focusBefore}
          >
            <Icon name="close" />
          </Button>
        </Toast>
      )}
    </Region>
  );
}
