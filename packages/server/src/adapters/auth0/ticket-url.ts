import { isLoopback } from "../../wire/index.ts";

/** A ticket as Auth0 issues it. */
export interface Ticket {
  /** A secret of its bearer. */
  readonly url: string;
  readonly ticketId: string;
}

/**
 * Reads a ticket's URL, which the owner's browser opens. Its host may be a custom domain of the tenant, which is not
 * known here. Plain http is for a tenant on this machine.
 * @returns null if it does not have the form of a ticket
 */
export function parseTicket(text: string, tenantUrl: string): Ticket | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const { protocol, hostname, username, password } = url;
  const isLocal = isLoopback(hostname) && isLoopback(new URL(tenantUrl).hostname);
  if (protocol !== "https:" && !(protocol === "http:" && isLocal)) return null;
  if (username !== "" || password !== "") return null;
  const [ticketId = "", ...others] = url.searchParams.getAll("ticket");
  return others.length === 0 && /^[A-Za-z0-9_-]{1,256}$/.test(ticketId) ? { url: url.href, ticketId } : null;
}
