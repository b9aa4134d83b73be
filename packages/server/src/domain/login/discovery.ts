import { type CanonicalEmail, domainOf } from "../email.ts";
import {
  type Connection,
  isClosed,
  type Organization,
  type Organizations,
  type Timed,
} from "../organization.ts";
import { allEnforceSso } from "./address-trust.ts";

/** One way to sign in through SSO: the parameters of the authorization request. */
export interface SignInOption {
  readonly connection: Connection;
  readonly organization: Organization;
}

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
  { organizations, now }: { readonly organizations: Organizations } & Timed,
  signal: AbortSignal,
): Promise<Discovery> {
  const verifiers = await organizations.listByDomain(domainOf(email), signal);
  const open = verifiers.filter((each) => !isClosed(each, { now }));
  const lists = await Promise.all(
    open.map(async (organization): Promise<SignInOption[]> => {
      const connections = await organizations.listConnections(organization.id, signal);
      return connections.map((connection) => ({ connection, organization }));
    }),
  );
  return { passwordAllowed: !allEnforceSso(verifiers, { now }), options: lists.flat().sort(byDisplayName) };
}

function byDisplayName({ connection: a }: SignInOption, { connection: b }: SignInOption): number {
  return a.displayName.localeCompare(b.displayName, "en") || a.name.localeCompare(b.name, "en");
}
