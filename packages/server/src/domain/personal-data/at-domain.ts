import { type CanonicalEmail, type DomainName, domainOf } from "../email.ts";
import type { Membership } from "../membership.ts";
import {
  type AddressOverview,
  describeInvitation,
  describeLink,
  type LinkOverview,
} from "../operators/user-overview.ts";
import type { Held } from "./held-items.ts";
import type { PersonPorts } from "./holdings.ts";
import { addressesAt } from "./person.ts";

/** What is stored of all addresses at a domain. */
export interface DomainOverview {
  readonly domain: DomainName;
  /** Each says whether its subject holds the seat. */
  readonly links: readonly LinkOverview[];
  readonly memberships: readonly Membership[];
  readonly invitations: AddressOverview["invitations"];
}

/**
 * Only reads: the whole store, and not the user directory. A link that an operator has made has no address.
 * @param onProgress is called with the number of items that were read
 */
export async function describeDomain(
  domain: DomainName,
  ports: PersonPorts,
  onProgress: (items: number) => void,
  signal: AbortSignal,
): Promise<DomainOverview> {
  const links: LinkOverview[] = [];
  const memberships: Membership[] = [];
  const invitations: AddressOverview["invitations"][number][] = [];
  let items = 0;
  for await (const page of ports.personalItems.scan(addressesAt(domain), signal)) {
    const found = page.found.filter((each) => isAt(domain, each));
    const described = found.map(async ({ kind, value }) => {
      if (kind === "link") links.push(await describeLink(value, ports.identities, signal));
      if (kind === "membership") memberships.push(value);
      if (kind === "invitation") invitations.push(await describeInvitation(value, ports, signal));
    });
    await Promise.all(described);
    items += page.items;
    onProgress(items);
  }
  return {
    domain,
    links: links.sort(byAddress),
    memberships: memberships.sort(byAddress),
    invitations: invitations.sort(byAddress),
  };
}

function isAt(domain: DomainName, { kind, value }: Held): boolean {
  const isOfAddress = kind === "link" || kind === "membership" || kind === "invitation";
  return isOfAddress && value.email !== null && domainOf(value.email) === domain;
}

interface AtAddress {
  readonly email: CanonicalEmail | null;
}

function byAddress({ email: one }: AtAddress, { email: other }: AtAddress): number {
  return (one ?? "") < (other ?? "") ? -1 : 1;
}
