import { INVITATION_PATH } from "../app/routing/path.ts";

/** Longer than any address (RFC 5321 §4.5.3.1.3). */
const MAX_LENGTH = 254;

/** The link from which {@link takeEmailHint} takes the address, and leads to the present page. */
export function linkOfHint(email: string): string {
  return `${isOfInvitation() ? "/sign-in" : "/"}#email=${encodeURIComponent(email)}`;
}

/** Whether the page is that of an invitation, to which its link leads. */
export function isOfInvitation(): boolean {
  return location.pathname === INVITATION_PATH;
}

/**
 * The address in `/sign-in#email=<address>`, the link of an invitation, or in `/#email=<address>`, which leads back after
 * an address was verified; null without one. It leaves the address bar and
 * the history, where others could read it; what is left of the first leads to the invitation. The hint proves nothing: it only fills in
 * a form.
 */
export function takeEmailHint(): string | null {
  const isLink = location.pathname.replace(/\/+$/, "") === "/sign-in";
  if (!isLink && (location.pathname !== "/" || !location.hash.startsWith("#email="))) return null;
  const hint = new URLSearchParams(location.hash.slice(1).replaceAll("+", "%2B")).get("email");
  const isAddress = hint !== null && hint.length <= MAX_LENGTH && /^[^\s@]+@[^\s@]+$/.test(hint);
  history.replaceState(null, "", isLink && isAddress ? INVITATION_PATH : "/");
  return isAddress ? hint : null;
}
