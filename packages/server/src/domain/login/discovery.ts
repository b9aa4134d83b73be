import { type CanonicalEmail, domainOf } from "../email.ts";
import type { Connection, Organization, Organizations } from "../organization.ts";
import { allEnforceSso } from "./address-trust.ts";

/** One way to sign in through SSO: the parameters of the authorization request. */
export interface SignInOption {
  readonly connection: Connection;
  readonly organization: Organization;
}

/** How users of a domain sign in. */
export interface Discovery {
  readonly passwordAllowed: boolean;
  /** Empty if there is no SSO. */
  readonly options: readonly SignInOption[];
}

/**
 * Home realm discovery. It depends on the domain alone: existing and unknown addresses cause the same reads and get the
 * same answer, so it never reveals whether an account exists.
 */
export async function discover(
  email: CanonicalEmail,
  organizations: Organizations,
  signal: AbortSignal,
): Promise<Discovery> {
  const verifiers = await organizations.listByDomain(domainOf(email), signal);
  const open = verifiers.filter(({ state }) => state !== "closed");
  const lists = await Promise.all(open.map(({ id }) => organizations.listConnections(id, signal)));
  const options: SignInOption[] = [];
  for (const [index, organization] of open.entries()) {
    for (const connection of lists[index] ?? []) options.push({ connection, organization });
  }
  return {
    passwordAllowed: !allEnforceSso(verifiers),
    options: options.sort((a, b) => byDisplayName(a.connection, b.connection)),
  };
}

function byDisplayName(a: Connection, b: Connection): number {
  return a.displayName.localeCompare(b.displayName, "en") || a.name.localeCompare(b.name, "en");
}
