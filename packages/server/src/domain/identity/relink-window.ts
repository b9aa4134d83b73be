import type { CanonicalEmail } from "../email.ts";
import type { Connection, OrganizationId } from "../organization.ts";
import type { IdentityLink } from "./identity-link.ts";

/**
 * The time in which the seats of one connection may be taken over, opened by an operator because all of its
 * subjects have changed: its app registration was made anew, say. While it is open a mailbox is proof enough on
 * this connection, as it is across connections.
 */
export interface RelinkWindow {
  readonly connection: string;
  /** Whose connection it was when the window was opened: it ends with a move. Null of one stored before there was it. */
  readonly organizationId: OrganizationId | null;
  /** ISO 8601, UTC. */
  readonly openedAt: string;
  /** ISO 8601, UTC; in the past where the window was closed or has run out. */
  readonly until: string;
  /** A merger: the organization that counts as the connection's own while the window is open; null for none. */
  readonly from: OrganizationId | null;
}

/** How long a window may be open: long enough for a holiday, too short to be forgotten. */
export const MAX_WINDOW_MS = 14 * 24 * 3_600_000;

/** The windows. Never cached: a closed one is closed at once. */
export interface RelinkWindows {
  /**
   * The connection's last window, open or over; null when there has never been one.
   * @throws {Refusal} STORE_UNAVAILABLE when there is no usable answer before `signal` aborts
   */
  find(connection: string, signal: AbortSignal): Promise<RelinkWindow | null>;
}

/** What operators do with windows. Errors as in {@link RelinkWindows}. */
export interface RelinkWindowRegistry extends RelinkWindows {
  /** Opens, extends or closes the connection's window; of two operators the last one decides. */
  put(window: RelinkWindow, signal: AbortSignal): Promise<void>;
}

/** Whether it holds for the connection as it is now. */
export function holdsFor(window: RelinkWindow, { organizationId }: Connection, now: Date): boolean {
  const isOfOwner = window.organizationId === organizationId;
  const isHarmless = window.organizationId === null && window.from === null;
  return isOpen(window, now) && (isOfOwner || isHarmless);
}

export function isOpen({ openedAt, until }: RelinkWindow, now: Date): boolean {
  return Date.parse(openedAt) <= now.getTime() && now.getTime() < Date.parse(until);
}

/**
 * Whether a first login through `connection`, with an address that its organization's verified domain makes
 * trusted, follows `former`, the link of the seat's holder: the same person by the same mailbox. Only links older
 * than the window give way, so each seat changes hands once: neither a second new subject nor the old one coming
 * back takes it again.
 */
export function mayFollow(
  { email, connection }: { email: CanonicalEmail; connection: Connection },
  { former, window }: { former: IdentityLink; window: RelinkWindow },
): boolean {
  return (
    former.email === email &&
    former.connection === connection.name &&
    (former.organizationId === connection.organizationId ||
      (former.organizationId !== null && former.organizationId === window.from)) &&
    Date.parse(former.linkedAt) < Date.parse(window.openedAt)
  );
}
