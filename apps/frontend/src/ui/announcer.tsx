import { useSyncExternalStore } from "react";

/** Long enough to be read aloud. Older announcements would be outdated. */
const STANDS_MS = 8_000;

let message = { text: "" };
const listeners = new Set<() => void>();

/** Tells screen readers what has changed elsewhere on the page. @returns a function that retracts the announcement */
export function announce(text: string): () => void {
  // Screen readers ignore a repeated text, so the repetition gets an invisible difference.
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
