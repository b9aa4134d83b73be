import { type DomainProof, type Found, recordNameOf, recordValueOf } from "../domain-proof.ts";
import type { DomainName } from "../email.ts";
import type { WayInPorts } from "../membership/ways-in.ts";
import type { ChangePorts, OrganizationId, VerifiedDomain } from "../organization.ts";

declare module "../transaction.ts" {
  interface Items {
    readonly claim: DomainClaim;
  }
}

export const MAX_DOMAINS = 50;
export const MAX_CLAIMS = 20;

/**
 * A domain that an organization says is its own. It is stored apart from verified domains, so that nothing that trusts
 * those can see it. It goes when its domain is verified by DNS, or given up.
 */
export interface DomainClaim {
  readonly domain: DomainName;
  readonly organizationId: OrganizationId;
  readonly state: "pending" | "lapsed";
  readonly proof: DomainProof;
  /** ISO 8601, UTC. */
  readonly claimedAt: string;
  /** Until when a pending one can be verified. ISO 8601, UTC. */
  readonly expiresAt: string;
  readonly rev: string;
}

/** A domain of an organization. */
export type OwnDomain = VerifiedDomain | DomainClaim;

/** The claim if it counts: it is lapsed, or is pending and has not expired. */
export function currentClaim(claim: DomainClaim | null, now: Date): DomainClaim | null {
  return claim?.state === "pending" && claim.expiresAt <= now.toISOString() ? null : claim;
}

/** Every method throws {@link Refusal} STORE_UNAVAILABLE when there is no usable answer before `signal` aborts. */
export interface DomainStore {
  /** Read consistently. */
  find(
    id: OrganizationId,
    domain: DomainName,
    signal: AbortSignal,
  ): Promise<{ readonly domain: VerifiedDomain | null; readonly claim: DomainClaim | null }>;
  /** What was written within the last second may be missing. Expired claims are included. */
  list(
    id: OrganizationId,
    signal: AbortSignal,
  ): Promise<{ readonly domains: readonly VerifiedDomain[]; readonly claims: readonly DomainClaim[] }>;
  /** The domains that were {@link lastSeenAt} this time (ISO 8601, UTC) or before, by it; read as `list`, by pages. */
  listDue(since: string, signal: AbortSignal): AsyncIterable<VerifiedDomain>;
  /** Stores that a recheck has looked at every domain that was due. @param at ISO 8601, UTC */
  recheckEnded(at: string, signal: AbortSignal): Promise<void>;
}

/** Looks of a daily job in the grace, twice over: half a day after a look the next one is due, also if the job is early. */
const LOOKS_IN_GRACE = 28;
const NEVER = "0000-01-01T00:00:00.000Z";

/** A domain is due whose record was last seen at this time, or before. ISO 8601, UTC. */
export function dueSince(now: Date, { graceMs }: { readonly graceMs: number }): string {
  return new Date(now.getTime() - graceMs / LOOKS_IN_GRACE).toISOString();
}

/**
 * When every resolver last saw the record, as `domain recheck` lists the domain; null for a domain of an operator. It
 * follows from what is stored, so that every write moves the domain in that list. Where the last look did not find the
 * record it is long ago: each run looks again, and decides on the days of the grace and its end. ISO 8601, UTC.
 */
export function lastSeenAt({ verifiedBy, proof }: VerifiedDomain): string | null {
  if (verifiedBy !== "dns" || proof === null) return null;
  const { checkedAt, found, missingSince } = proof;
  return checkedAt === null || found !== null || missingSince !== null ? NEVER : checkedAt;
}

/** What one resolver says about the TXT records of a name. `failed`: no answer, or one that says nothing. */
export type TxtAnswer =
  | { readonly kind: "values"; readonly values: readonly string[] }
  | { readonly kind: "none" }
  | { readonly kind: "failed" };

/** Asks every resolver at the same time. */
export interface TxtLookup {
  /** One answer for each resolver, in their order, within 2 s. Chunks of a record are joined. Never throws. */
  txt(name: string, signal: AbortSignal): Promise<readonly TxtAnswer[]>;
}

/** What is known of domain names in general: public mail domains, and the list of public suffixes. */
export interface DomainNames {
  /** Why no customer can own it, as `is a public mail domain …`; null if one can. */
  problemOf(domain: DomainName): string | null;
  /** The part of it that is registered: `acme.example` of `eu.acme.example`. */
  registrable(domain: DomainName): string;
}

/** The stores without a cache that domains are read from and written to, and what is known of names and records. */
export interface DomainPorts extends WayInPorts, ChangePorts {
  readonly domains: DomainStore;
  readonly domainNames: DomainNames;
  readonly dns: TxtLookup;
  /** See {@link recordNameOf}. A record with the usual label proves a domain as well. */
  readonly recordLabel: string;
  readonly limits: {
    /** How long a claimed domain waits for its record, in milliseconds. */
    readonly claimMs: number;
    /** How long a domain whose record is missing is still trusted, in milliseconds. */
    readonly graceMs: number;
  };
}

/** A domain as its organization's administrators see it. */
export interface DomainView {
  readonly domain: DomainName;
  readonly state: "pending" | "verified" | "missing" | "lapsed";
  readonly verifiedBy: "operator" | "dns" | null;
  /** What to enter at the DNS provider; `host` is relative to the registrable domain. Null for an operator's domain. */
  readonly record: {
    readonly type: "TXT";
    readonly host: string;
    readonly name: string;
    readonly value: string;
  } | null;
  readonly found: Found | null;
  /** ISO 8601, UTC, as the next. */
  readonly checkedAt: string | null;
  /** When a domain whose record is missing will not be trusted any more. */
  readonly lapsesAt: string | null;
}

/** A domain, verified or claimed, as administrators see it. The claim is a {@link currentClaim}. */
export function viewOfDomain(
  item: OwnDomain,
  { domainNames, limits, recordLabel }: Pick<DomainPorts, "domainNames" | "limits" | "recordLabel">,
): DomainView {
  const { domain, proof } = item;
  const isVerified = "verifiedBy" in item;
  const missingSince = isVerified ? (proof?.missingSince ?? null) : null;
  const name = recordNameOf(domain, recordLabel);
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
