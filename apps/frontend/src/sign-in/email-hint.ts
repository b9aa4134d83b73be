import { INVITATION_PATH } from "../app/routing/path.ts";

/** Longer than any address (RFC 5321 §4.5.3.1.3). */
const MAX_LENGTH = 254;

/** The link from which {@link takeEmailHint} takes the address. */
export function linkOfHint(email: string): string {
  return `/sign-in#email=${encodeURIComponent(email)}`;
}

/**
 * The address in `/sign-in#email=<address>`, the link of an invitation; null without one. It leaves the address bar and
 * the history, where others could read it; what is left leads to the invitation. The hint proves nothing: it only fills in
 * a form.
 */
export function takeEmailHint(): string | null {
  if (location.pathname.replace(/\/+$/, "") !== "/sign-in") return null;
  const hint = new URLSearchParams(location.hash.slice(1).replaceAll("+", "%2B")).get("email");
  const isAddress = hint !== null && hint.length <= MAX_LENGTH && /^[^\s@]+@[^\s@]+$/.test(hint);
  history.replaceState(null, "", isAddress ? INVITATION_PATH : "/");
  return isAddress ? hint : null;
}
