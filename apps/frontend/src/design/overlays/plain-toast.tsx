import { Button } from "react-aria-components";
import { Icon } from "../icon.tsx";
import { createWatched } from "../watched.ts";
import type { ToastContent } from "./toast-content.ts";

const shown = createWatched<ToastContent | null>(null);

/**
 * Shows a toast whose code is always there, for what must be said when other code cannot be loaded.
 * @returns a function that closes it
 */
export function showPlainToast(toast: ToastContent): () => void {
  const mine = { ...toast };
  shown.set(mine);
  return () => {
    if (shown.get() === mine) closePlainToast();
  };
}

export function closePlainToast(): void {
  shown.set(null);
}

/** Stays until it is dismissed, used or closed. */
export function PlainToast() {
  const toast = shown.use();
  return (
    <div role="status" className="toasts">
      {toast !== null && (
        <div className="toast">
          <span className="toast-text">{toast.text}</span>
          {toast.action && (
            <Button
              className="button button-small toast-action"
              onPress={() => {
                closePlainToast();
                toast.action?.onPress();
              }}
            >
              {toast.action.label}
            </Button>
          )}
          <Button className="button button-icon toast-close" aria-label="Dismiss" onPress={closePlainToast}>
            <Icon name="close" />
          </Button>
        </div>
      )}
    </div>
  );
}
