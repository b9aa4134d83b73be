import type { DomainName } from "../email.ts";
import type { Organization, OrganizationId, VerifiedDomain } from "../organization.ts";
import { newRevision } from "../revision.ts";
import type { Write } from "../transaction.ts";
import type { OrganizationStores } from "./administration.ts";
import { findOrganization } from "./connection-stored.ts";
import { currentClaim, type DomainClaim, type DomainStore } from "./domain-claim.ts";

/** A domain as it is stored, and the organization with its lists. */
export interface ListedDomain {
  readonly organization: Organization;
  readonly verified: VerifiedDomain | null;
  readonly claim: DomainClaim | null;
  /** What counts of it: a verified one rather than its claim. */
  readonly current: VerifiedDomain | DomainClaim | null;
  readonly now: Date;
}

/** What a request has read before of a domain. */
interface ReadBefore {
  readonly organization?: Organization;
  readonly stored?: Awaited<ReturnType<DomainStore["find"]>>;
}

/** Reads what is not known yet, consistently. @throws {Refusal} NOT_A_MEMBER */
export async function readListed(
  { organizationId, domain }: { readonly organizationId: OrganizationId; readonly domain: DomainName },
  ports: Pick<OrganizationStores, "organizations" | "domains" | "now">,
  signal: AbortSignal,
  known: ReadBefore = {},
): Promise<ListedDomain> {
  // In this order: who verifies or claims the domain after this read writes the organization, and this attempt is lost.
  const organization = known.organization ?? (await findOrganization(organizationId, ports, signal));
  const { domain: verified, claim } =
    known.stored ?? (await ports.domains.find(organizationId, domain, signal));
  const at = ports.now();
  return { organization, verified, claim, current: verified ?? currentClaim(claim, at), now: at };
}

/** Stores the organization with other lists. */
export function relisted(
  present: Organization,
  lists: Partial<Pick<Organization, "domains" | "claims">>,
): Write {
  return { item: "organization", next: { ...present, ...lists, rev: newRevision() }, present };
}

/** The lists with the domain as a verified one. */
export function withDomain({ domains, claims }: Organization, domain: DomainName) {
  return {
    domains: domains.includes(domain) ? domains : [...domains, domain],
    claims: without(claims, domain),
  };
}

/** The lists without the domain. */
export function withoutDomain({ domains, claims }: Organization, domain: DomainName) {
  return { domains: domains.filter((each) => each !== domain), claims: without(claims, domain) };
}

function without(claims: Organization["claims"], domain: DomainName): Organization["claims"] {
  const { [domain]: _, ...rest } = claims;
  return rest;
}
