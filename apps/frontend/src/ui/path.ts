import { useSyncExternalStore } from "react";

/** The path of the page that is shown; a slash at its end makes no other page. */
export function usePath(): string {
  return useSyncExternalStore(subscribe, () => pageOf(location.pathname));
}

export function pageOf(path: string): string {
  return path.replace(/(?<=.)\/+$/, "");
}

/** The run that a path is the page of; null: it is no such page, or nothing that could be an id. */
export function runIdOf(path: string): string | null {
  const [, encoded] = /^\/runs\/([^/]+)$/.exec(path) ?? [];
  try {
    return encoded === undefined ? null : decodeURIComponent(encoded);
  } catch {
    return null;
  }
}

/** Goes to another page of the app, without loading it anew. */
export function navigate(path: string): void {
  if (path === location.pathname) return;
  history.pushState(null, "", path);
  dispatchEvent(new PopStateEvent("popstate"));
  scrollTo(0, 0);
}

function subscribe(onChange: () => void): () => void {
  addEventListener("popstate", onChange);
  return () => removeEventListener("popstate", onChange);
}
