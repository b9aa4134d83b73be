import { useSyncExternalStore } from "react";

let message = "";
const listeners = new Set<() => void>();

/** Tells screen readers what has changed elsewhere on the page. */
export function announce(text: string): void {
  // The same words twice would be silent the second time.
  message = text === message ? `${text}\u00a0` : text;
  for (const listener of listeners) listener();
}

export function Announcer() {
  const text = useSyncExternalStore(subscribe, () => message);
  return (
    <div role="status" className="visually-hidden">
      {text}
    </div>
  );
}

function subscribe(onChange: () => void): () => void {
  listeners.add(onChange);
  return () => listeners.delete(onChange);
}
