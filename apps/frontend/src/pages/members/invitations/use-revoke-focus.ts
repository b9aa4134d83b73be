import { useLayoutEffect, useRef } from "react";

interface RevokeFocus {
  /** Moves the focus to the neighbour of a row that goes, or without one to the heading of the page. To be called before it goes. */
  leave(email: string): void;
  /** Moves the focus to a row that comes back. To be called before it is back. */
  comeBack(email: string): void;
}

/** Keeps the focus in the list while invitations are revoked and restored. */
export function useRevokeFocus(emails: readonly string[]): RevokeFocus {
  const leaving = useRef<{ readonly email: string; readonly next: () => HTMLElement | null } | null>(null);
  const returning = useRef<string | null>(null);
  useLayoutEffect(() => {
    const { current: gone } = leaving;
    const { current: back } = returning;
    if (gone !== null && !emails.includes(gone.email)) {
      leaving.current = null;
      focusSoon(gone.next);
    }
    if (back !== null && emails.includes(back)) {
      returning.current = null;
      focusSoon(() => lastButton(rowOf(back)));
    }
  });
  return {
    leave(email) {
      const at = emails.indexOf(email);
      const neighbour = emails[at + 1] ?? emails[at - 1];
      leaving.current = {
        email,
        next: () =>
          (neighbour === undefined ? null : lastButton(rowOf(neighbour))) ?? document.querySelector("h1"),
      };
    },
    comeBack(email) {
      returning.current = email;
    },
  };
}

/** A menu or a toast that closes gives the focus back to a button, which may just have gone, and only then lets go of it. */
function focusSoon(target: () => HTMLElement | null): void {
  setTimeout(() => target()?.focus({ preventScroll: true }));
}

function rowOf(email: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-invitation="${CSS.escape(email)}"]`);
}

function lastButton(within: Element | null): HTMLElement | null {
  return [...(within?.querySelectorAll<HTMLElement>("button") ?? [])].at(-1) ?? null;
}
