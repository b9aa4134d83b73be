/** What F6 leads to, the newest last. */
const places = new Set<HTMLElement>();

/** What had the focus before one of them had it. */
let before: EventTarget | null = null;

/** A ref of what says what has happened: what can still be done about it is one key away, by F6. F6 again and Escape go back. */
export function reachedByF6(place: HTMLElement | null): () => void {
  if (place === null) return () => {};
  places.add(place);
  place.addEventListener("focusin", noteBefore);
  addEventListener("keydown", follow, true); // once for all, and before React Aria's own, which would not lead back
  return () => {
    places.delete(place);
    if (places.size === 0) removeEventListener("keydown", follow, true);
    if (!place.contains(document.activeElement)) return;
    queueMicrotask(() => document.activeElement === document.body && focusBefore());
  };
}

/** The page stays where it is: the user may have scrolled it meanwhile. */
export function focusBefore(): void {
  const { activeElement, body } = document;
  if (activeElement !== body && !isReached(activeElement)) return;
  for (const each of [before, document.querySelector("h1")]) {
    if (!(each instanceof HTMLElement)) continue;
    each.focus({ preventScroll: true });
    if (document.activeElement === each) return;
  }
}

function noteBefore({ relatedTarget }: FocusEvent): void {
  if (!isReached(relatedTarget)) before = relatedTarget;
}

function isReached(target: EventTarget | null): boolean {
  return target instanceof Node && [...places].some((place) => place.contains(target));
}

function follow(event: KeyboardEvent): void {
  const isBack = isReached(document.activeElement);
  if (event.key !== "F6" && !(isBack && event.key === "Escape")) return;
  if (isBack) focusBefore();
  else if (!focusNewest()) return;
  event.preventDefault();
  event.stopPropagation();
}

/** Behind a dialog nothing takes the focus, but for toasts. */
function focusNewest(): boolean {
  const newest = [...places].reverse();
  return ["[data-undo]", "button"].some((control) =>
    newest.some((place) => {
      place.querySelector<HTMLElement>(control)?.focus({ preventScroll: true });
      return place.contains(document.activeElement);
    }),
  );
}
