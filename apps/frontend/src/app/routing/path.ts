import { useCallback, useSyncExternalStore } from "react";

/** A page of an organization: `/o/<organizationId>/<page>/<rest>`. */
export interface Place {
  readonly organizationId: string;
  readonly page: string;
  /** The decoded rest of the path, such as the id of a run. Null without one. */
  readonly rest: string | null;
}

/** Where the link of an invitation leads: before the sign-in, and behind it. */
export const INVITATION_PATH = "/invitation";

/** The part of the page of sign-in that says who could not get in. */
export const REFUSED = "refused";

/** The current path, without trailing slashes. */
export function usePath(): string {
  return useSyncExternalStore(subscribe, () => pageOf(location.pathname));
}

export function pageOf(path: string): string {
  return path.replace(/(?<=.)\/+$/, "");
}

const FIRST_PAGE = "runs";

/**
 * What a path within an organization names; without a page, its runs. Null for any other path, and for one that cannot be
 * decoded.
 */
export function placeOf(path: string): Place | null {
  const [, organizationId, page = FIRST_PAGE, rest = null] =
    /^\/o\/([^/]+)(?:\/([^/]+)(?:\/([^/]+))?)?$/.exec(path) ?? [];
  try {
    if (organizationId === undefined) return null;
    return {
      organizationId: decodeURIComponent(organizationId),
      page,
      rest: rest && decodeURIComponent(rest),
    };
  } catch {
    return null;
  }
}

/** Whether a path names an organization, but none of its pages. */
export function isWithoutPage(path: string): boolean {
  return /^\/o\/[^/]+$/.test(path);
}

/** The path of a page of an organization. */
export function pathOf(organizationId: string, page: string, rest?: string): string {
  const path = `/o/${encodeURIComponent(organizationId)}/${page}`;
  return rest === undefined ? path : `${path}/${encodeURIComponent(rest)}`;
}

/** Goes to another page of the app without a reload. `isReplacing` leaves no trace in the history. */
export function navigate(path: string, { isReplacing = false } = {}): void {
  if (path === `${location.pathname}${location.search}`) return;
  if (isReplacing) history.replaceState(null, "", path);
  else history.pushState(null, "", path);
  dispatchEvent(new PopStateEvent("popstate"));
  if (!isReplacing) scrollTo(0, 0);
}

/** A parameter of the address, such as a search or a filter, so that every view is a link. Empty if it is not set. */
export function useParameter(name: string): readonly [string, (value: string) => void] {
  const value = useSyncExternalStore(subscribe, () => new URLSearchParams(location.search).get(name) ?? "");
  const set = useCallback(
    (next: string) => {
      const parameters = new URLSearchParams(location.search);
      if (next === "") parameters.delete(name);
      else parameters.set(name, next);
      const query = parameters.size === 0 ? "" : `?${parameters}`;
      navigate(`${location.pathname}${query}`, { isReplacing: true });
    },
    [name],
  );
  return [value, set];
}

function subscribe(onChange: () => void): () => void {
  addEventListener("popstate", onChange);
  return () => removeEventListener("popstate", onChange);
}
