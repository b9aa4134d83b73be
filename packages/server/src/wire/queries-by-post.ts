/** Their input may be an address, as their cursors are, which must not be in a URL; or it is a long list. */
const QUERIES = ["auth.standings", "org.members.list", "org.members.lookup", "org.invitations.list"];

/** Whether a query may also be sent as POST, as the SDK does. */
export function isAlsoByPost(procedure: string): boolean {
  return QUERIES.includes(procedure);
}
