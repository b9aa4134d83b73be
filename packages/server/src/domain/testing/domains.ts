import { recordNameOf } from "../domain-proof.ts";
import { checkDomain, claimDomain } from "../domains/domains.ts";
import type { DomainName } from "../email.ts";
import type { Administrator } from "../membership/standing.ts";
import type { MemoryAdministration } from "./memory-administration.ts";
import { UNBOUNDED } from "./people.ts";

export { domainNamed } from "../../memory/organizations.ts";

/** Claims a domain, publishes its record and checks it. */
export async function verifyDomain(
  administrator: Administrator,
  domain: DomainName,
  stores: MemoryAdministration,
) {
  const { record } = await claimDomain(administrator, domain, stores, UNBOUNDED);
  stores.dns.set(recordNameOf(domain), record?.value ?? "");
  return checkDomain(administrator, domain, stores, UNBOUNDED);
}
