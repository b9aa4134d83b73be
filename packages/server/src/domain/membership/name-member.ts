import type { Identity } from "../identity/resolve-identity.ts";
import { grantingEmail } from "../login/address-trust.ts";
import type { Membership } from "../membership.ts";
import { newRevision } from "../revision.ts";
import { isOwnLogin, type MembershipPorts } from "./memberships.ts";

/** How long a name stays at least, so that nobody writes with each login. */
const NAMED_FOR_MS = 86_400_000;

/**
 * The member as a login names them: null if they are named so already, or may not be named now. Only their own login does
 * it, by the organization's own connection, or one that proves the address of the membership.
 */
function namedBy(
  { claims: { name }, actor, trust, login }: Pick<Identity, "claims" | "actor" | "trust" | "login">,
  present: Membership,
  now: Date,
): Membership | null {
  const { organizationId, email, status, namedAt } = present;
  if (name === null || name === present.name || actor !== null || status !== "active") return null;
  const isTheirs = isOwnLogin(organizationId, { login }) || grantingEmail(trust, organizationId) === email;
  const sinceMs = namedAt === null ? Number.POSITIVE_INFINITY : now.getTime() - Date.parse(namedAt);
  return isTheirs && sinceMs >= NAMED_FOR_MS
    ? { ...present, name, namedAt: now.toISOString(), rev: newRevision() }
    : null;
}

/**
 * Begins to store what a login calls the member. Nobody waits for it, and its failure says nothing: the next login says
 * the name again. A membership that has changed meanwhile stays as it is.
 */
export function nameMember(
  present: Membership,
  identity: Identity,
  { transactions, now }: Pick<MembershipPorts, "transactions" | "now">,
  signal: AbortSignal,
): void {
  const next = namedBy(identity, present, now());
  if (next === null) return;
  const changes = { writes: [{ item: "membership", next, present } as const], unchanged: [], audit: [] };
  void transactions.commit(changes, signal).catch(() => {});
}
