import { domainOf } from "../email.ts";
import type { Identity } from "../identity/resolve-identity.ts";
import { afterMembership } from "../identity/speakers.ts";
import { type Assessment, grantingEmail } from "../login/address-trust.ts";
import type { Membership } from "../membership.ts";
import { isClosed, type Organization, type Timed } from "../organization.ts";
import { isOwnLogin, type MembershipPorts } from "./memberships.ts";

/** Logins that are not SSO and still prove the mailbox well enough to join. A social account does not. */
const JOINING_STRATEGIES = new Set(["auth0", "email"]);

/** What the user may join. An organization with a membership, present or removed, is never offered. */
export async function joinableFor(
  identity: Identity,
  memberships: readonly Membership[],
  { organizations, stored, speakers, now }: MembershipPorts,
  signal: AbortSignal,
): Promise<Organization[]> {
  const { login, trust, userId } = identity;
  if (trust.state !== "trusted") return [];
  const known = new Set(memberships.map(({ organizationId }) => organizationId));
  const domain = domainOf(trust.email);
  const verifiers = await organizations.listByDomain(domain, signal);
  const offered = offeredBy({ login, trust, verifiers }, { now }).filter(({ id }) => !known.has(id));
  if (offered.length === 0) return [];
  // Read again from the store, as joining will do: an offer must hold.
  const ids = offered.map(({ id }) => id);
  const [present, current] = await Promise.all([speakers.find(userId, signal), stored.findMany(ids, signal)]);
  return current
    .filter(
      (organization) =>
        !isClosed(organization, { now }) && afterMembership(present, { organization, domain }) !== null,
    )
    .sort(byName);
}

/**
 * All organizations that have verified the user's domain, accept the proof of the address, have JIT on and would count a
 * membership for this login. The user chooses; there is no first match.
 */
export function offeredBy({ login, trust, verifiers }: Assessment, timed: Timed): readonly Organization[] {
  const proves = login.via === "sso" || (login.via === "other" && JOINING_STRATEGIES.has(login.strategy));
  if (!proves) return [];
  return verifiers
    .filter((each) => each.jit && !isClosed(each, timed) && grantingEmail(trust, each.id) !== null)
    .filter(({ id, enforceSso }) => !enforceSso || isOwnLogin(id, { login }));
}

export function byName(a: Organization, b: Organization): number {
  return a.name.localeCompare(b.name, "en") || a.id.localeCompare(b.id, "en");
}
