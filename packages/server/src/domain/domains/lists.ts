import type { DomainName } from "../email.ts";
import { findOrganization, type Organization, type VerifiedDomain } from "../organization.ts";
import { newRevision } from "../revision.ts";
import type { Write } from "../transaction.ts";
import {
  currentClaim,
  type DomainClaim,
  type DomainPorts,
  type DomainStore,
  type OwnDomain,
} from "./claim.ts";

export type DomainKey = Pick<VerifiedDomain, "organizationId" | "domain">;

/** A domain as it is stored, and the organization with its lists. */
export interface ListedDomain {
  readonly organization: Organization;
  /** Whether its lists have the domain, be it as a claim that has expired. */
  readonly isListed: boolean;
  readonly verified: VerifiedDomain | null;
  readonly claim: DomainClaim | null;
  /** What counts of it: a verified one rather than its claim. */
  readonly current: OwnDomain | null;
  readonly now: Date;
}

type StoredDomain = Awaited<ReturnType<DomainStore["find"]>>;

/**
 * Reads what is not known yet, consistently.
 * @param known what the request has read before
 * @throws {Refusal} NOT_A_MEMBER
 */
export async function readListed(
  { organizationId, domain }: DomainKey,
  ports: DomainPorts,
  signal: AbortSignal,
  known: { readonly organization?: Organization; readonly stored?: StoredDomain } = {},
): Promise<ListedDomain> {
  // In this order: who verifies or claims the domain after this read writes the organization, and this attempt is lost.
  const organization = known.organization ?? (await findOrganization(organizationId, ports, signal));
  const isListed = organization.domains.includes(domain) || Object.hasOwn(organization.claims, domain);
  const find = () => ports.domains.find(organizationId, domain, signal);
  const currentOf = ({ domain: verified, claim }: StoredDomain) =>
    verified ?? currentClaim(claim, ports.now());
  const first = known.stored ?? (await find());
  // It may have changed from a claim to a verified domain, or back, while both were read. Once: a restore may leave a
  // listed name without either.
  const stored = isListed && currentOf(first) === null ? await find() : first;
  const { domain: verified, claim } = stored;
  return { organization, isListed, verified, claim, current: currentOf(stored), now: ports.now() };
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
  return { domains: [...new Set([...domains, domain])], claims: without(claims, domain) };
}

/** The lists without the domain. */
export function withoutDomain({ domains, claims }: Organization, domain: DomainName) {
  return { domains: domains.filter((each) => each !== domain), claims: without(claims, domain) };
}

function without(claims: Organization["claims"], domain: DomainName): Organization["claims"] {
  const { [domain]: _, ...rest } = claims;
  return rest;
}
