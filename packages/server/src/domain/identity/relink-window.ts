import type { CanonicalEmail } from "../email.ts";
import type { Connection, OrganizationId } from "../organization.ts";
import type { IdentityLink } from "./identity-link.ts";

declare module "../transaction.ts" {
  interface Items {
    readonly window: RelinkWindow;
  }
}

/**
 * The period in which seats of one connection may be taken over. An operator opens it when all subjects of the
 * connection have changed, for example after a new app registration. While it is open, the same mailbox is enough proof
 * on this connection, as it always is across connections.
 */
export interface RelinkWindow {
  readonly connection: string;
  /** The connection's organization when the window was opened. A move ends the window. */
  readonly organizationId: OrganizationId;
  /** ISO 8601, UTC. */
  readonly openedAt: string;
  /** ISO 8601, UTC; in the past once the window is closed or has ended. */
  readonly until: string;
  /** A merger: the organization that counts as the connection's own while the window is open; null if there is no merger. */
  readonly from: OrganizationId | null;
  /** Changes with every write. */
  readonly rev: string;
}

/** The relink windows. Never cached, so that closing one works at once. */
export interface RelinkWindows {
  /**
   * The connection's last window, open or ended; null if there has never been one.
   * @throws {Refusal} STORE_UNAVAILABLE when there is no usable answer before `signal` aborts
   */
  find(connection: string, signal: AbortSignal): Promise<RelinkWindow | null>;
}

/** Whether it holds for the connection as it is now. */
export function holdsFor(window: RelinkWindow, { organizationId }: Connection, now: Date): boolean {
  return isOpen(window, now) && window.organizationId === organizationId;
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
