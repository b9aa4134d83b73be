import { useSyncExternalStore } from "react";

/** The current path, without trailing slashes. */
export function usePath(): string {
  return useSyncExternalStore(subscribe, () => pageOf(location.pathname));
}

export function pageOf(path: string): string {
  return path.replace(/(?<=.)\/+$/, "");
}

/** The run id in a path. Null if the path is not a run page or the id cannot be decoded. */
export function runIdOf(path: string): string | null {
  const [, encoded] = /^\/runs\/([^/]+)$/.exec(path) ?? [];
  try {
    return encoded === undefined ? null : decodeURIComponent(encoded);
  } catch {
    return null;
  }
}

/** Goes to another page of the app without a reload. */
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
