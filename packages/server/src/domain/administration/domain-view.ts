import { recordNameOf, recordValueOf } from "../domain-proof.ts";
import type { VerifiedDomain } from "../organization.ts";
import type { OrganizationStores } from "./administration.ts";
import type { DomainClaim, DomainView } from "./domain-claim.ts";

/** A domain, verified or claimed, as administrators see it. The claim is a {@link currentClaim}. */
export function viewOfDomain(
  item: VerifiedDomain | DomainClaim,
  { domainNames, limits }: Pick<OrganizationStores, "domainNames" | "limits">,
): DomainView {
  const { domain, proof } = item;
  const isVerified = "verifiedBy" in item;
  const missingSince = isVerified ? (proof?.missingSince ?? null) : null;
  const name = recordNameOf(domain);
  const suffix = `.${domainNames.registrable(domain)}`;
  const host = name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
  return {
    domain,
    state: isVerified ? (missingSince === null ? "verified" : "missing") : item.state,
    verifiedBy: isVerified ? item.verifiedBy : null,
    record: proof === null ? null : { type: "TXT", host, name, value: recordValueOf(proof) },
    found: proof?.found ?? null,
    checkedAt: proof?.checkedAt ?? null,
    lapsesAt: missingSince === null ? null : lapseOf(missingSince, limits),
  };
}

/** When a domain whose record is missing is not trusted any more. */
export function lapseOf(missingSince: string, { graceMs }: { readonly graceMs: number }): string {
  return new Date(Date.parse(missingSince) + graceMs).toISOString();
}
