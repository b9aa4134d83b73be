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

/** What had the focus before the toasts had it. */
let before: EventTarget | null = null;

/** F6 goes to the region: what can be done is one key away. F6 again and Escape go back. */
function followFocus(region: HTMLElement | null): () => void {
  const enter = ({ target, relatedTarget }: FocusEvent) => {
    if (relatedTarget instanceof Node && region?.contains(relatedTarget)) return;
    before = relatedTarget;
    if (target === region) region?.querySelector<HTMLElement>(".toast-action")?.focus();
  };
  const leave = (event: KeyboardEvent) => {
    if (!/^(F6|Escape)$/.test(event.key) || !region?.contains(document.activeElement)) return;
    event.preventDefault();
    event.stopPropagation();
    focusBefore();
  };
  region?.addEventListener("focusin", enter);
  addEventListener("keydown", leave, true); // React Aria's own listener would stay in the region
  return () => {
    region?.removeEventListener("focusin", enter);
    removeEventListener("keydown", leave, true);
    if (region?.contains(document.activeElement)) queueMicrotask(focusBefore);
  };
}

/** The page stays where it is: the user may have scrolled it meanwhile. */
function focusBefore(): void {
  const { activeElement, body } = document;
  if (activeElement !== body && !activeElement?.closest(".toasts")) return;
  for (const each of [before, document.querySelector("h1")]) {
    if (!(each instanceof HTMLElement)) continue;
    each.focus({ preventScroll: true });
    if (document.activeElement === each) return;
  }
}

/** A landmark that F6 reaches. Toasts wait while the pointer or the focus is on them. */
export function ToastRegion() {
  return (
    <Region queue={toasts} className="toasts" ref={followFocus}>
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
