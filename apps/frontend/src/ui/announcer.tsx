import { useSyncExternalStore } from "react";

/** Long enough to be read aloud; later it would only be news that is old. */
const STANDS_MS = 8_000;

let message = { text: "" };
const listeners = new Set<() => void>();

/** Tells screen readers what has changed elsewhere on the page. @returns what takes it back, if it still stands */
export function announce(text: string): () => void {
  // The same words twice would be silent the second time.
  const mine = { text: text === message.text ? `${text}\u00a0` : text };
  const retract = () => {
    if (message === mine) show({ text: "" });
  };
  show(mine);
  setTimeout(retract, STANDS_MS);
  return retract;
}

function show(next: { text: string }): void {
  message = next;
  for (const listener of listeners) listener();
}

export function Announcer() {
  const { text } = useSyncExternalStore(subscribe, () => message);
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
