import type { Domain } from "../../organization/trusted-domains.ts";

export type DnsRecord = NonNullable<Domain["record"]>;
export type Found = NonNullable<Domain["found"]>;

/** The domain that the user registered: `acme.com` of `_platform-api.eu.acme.com`. */
export function registeredOf({ host, name }: DnsRecord): string {
  return name.slice(host.length + 1);
}

/** Puts a domain into the list, in the server's order. */
export function withDomain(domains: readonly Domain[], domain: Domain): Domain[] {
  return [...without(domains, domain.domain), domain].sort((a, b) => (a.domain < b.domain ? -1 : 1));
}

export function without(domains: readonly Domain[], domain: string): Domain[] {
  return domains.filter((each) => each.domain !== domain);
}

/** The list as loaded, with the rows that a check has answered later: the index behind the list lags by a second. */
export function withNewerChecks(loaded: readonly Domain[], known: readonly Domain[] = []): Domain[] {
  return loaded.map((row) => {
    const checked = known.find(({ domain }) => domain === row.domain);
    return checked !== undefined && (checked.checkedAt ?? "") > (row.checkedAt ?? "") ? checked : row;
  });
}
