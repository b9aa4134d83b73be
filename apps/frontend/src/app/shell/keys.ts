import { useEffect, useEffectEvent } from "react";
import { areKeysOn } from "./key-setting.ts";

/** Where a key is a letter of a text, or belongs to what has the focus. */
const KEEPS_KEYS =
  "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], [role=menu], [role=listbox], [role=dialog], [role=alertdialog]";

/** The field that `/` goes to: the search of the page. */
const SEARCH = "main input[type=search], main input[data-search]";

/** `/` goes to the search of the page, and `?` shows the keys. */
export function useKeys(onHelp: () => void): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (!areKeysOn.get() || !isForPage(event)) return;
    if (event.key === "?") {
      event.preventDefault();
      onHelp();
    } else if (event.key === "/" && focusSearch()) event.preventDefault();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => press(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}

function isForPage({ target, ctrlKey, metaKey, altKey, isComposing, defaultPrevented }: KeyboardEvent) {
  if (ctrlKey || metaKey || altKey || isComposing || defaultPrevented) return false;
  if (document.querySelector("[role=dialog], [role=alertdialog].dialog") !== null) return false;
  return !(target instanceof Element && target.closest(KEEPS_KEYS) !== null);
}

/** @returns whether the page has one */
function focusSearch(): boolean {
  const field = [...document.querySelectorAll<HTMLInputElement>(SEARCH)].find((each) =>
    each.checkVisibility(),
  );
  field?.focus();
  field?.select();
  return field !== undefined;
}
