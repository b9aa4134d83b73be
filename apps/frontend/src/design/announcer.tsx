import { createWatched } from "./watched.ts";

/** Long enough to be read aloud. Older announcements would be outdated. */
const STANDS_MS = 8_000;

const message = createWatched({ text: "" });

/** Tells screen readers what has changed elsewhere on the page. @returns a function that retracts the announcement */
export function announce(text: string): () => void {
  // Screen readers ignore a repeated text, so the repetition gets an invisible difference.
  const mine = { text: text === message.get().text ? `${text}\u00a0` : text };
  const retract = () => {
    if (message.get() === mine) retractAnnouncement();
  };
  message.set(mine);
  setTimeout(retract, STANDS_MS);
  return retract;
}

/** Retracts what is being said, when a session ends. */
export function retractAnnouncement(): void {
  message.set({ text: "" });
}

/** React Aria hides the page behind a dialog from screen readers, except for what has this attribute. */
const STAYS_EXPOSED = { "data-live-announcer": true };

export function Announcer() {
  const { text } = message.use();
  return (
    <div {...STAYS_EXPOSED} role="status" className="visually-hidden">
      {text}
    </div>
  );
}
