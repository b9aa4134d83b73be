import { useSyncExternalStore } from "react";
import { Button } from "react-aria-components";
import { Icon } from "../icon.tsx";
import type { ToastContent } from "./toast-content.ts";

let shown: ToastContent | null = null;
const listeners = new Set<() => void>();

/**
 * Shows a toast whose code is always there, for what must be said when other code cannot be loaded.
 * @returns a function that closes it
 */
export function showPlainToast(toast: ToastContent): () => void {
  show({ ...toast });
  const mine = shown;
  return () => {
    if (shown === mine) show(null);
  };
}

export function closePlainToast(): void {
  show(null);
}

function show(next: ToastContent | null): void {
  shown = next;
  for (const listener of listeners) listener();
}

/** Stays until it is dismissed, used or closed. */
export function PlainToast() {
  const toast = useSyncExternalStore(subscribe, () => shown);
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

function subscribe(onChange: () => void): () => void {
  listeners.add(onChange);
  return () => listeners.delete(onChange);
}
