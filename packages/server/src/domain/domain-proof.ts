import type { DomainName } from "./email.ts";

/** What was seen in the place of the record that proves a domain. Source: `ORGANIZATIONS`, "Domains". */
export const FOUND_KINDS = [
  "nothing",
  "wrongValue",
  "atApex",
  "doubledDomain",
  "oneResolver",
  "unreachable",
] as const;

export interface Found {
  readonly kind: (typeof FOUND_KINDS)[number];
  /** The values at the record's name, at most five. Never those at the apex, which are other services' secrets. */
  readonly values: readonly string[];
  /** How many of the `resolvers` saw the record. */
  readonly seenBy: number;
  readonly resolvers: number;
}

/** The record that proves a domain, and what its last check found. */
export interface DomainProof {
  /** 128 random bits as 32 hex digits, stable while the domain is claimed. */
  readonly token: string;
  /** ISO 8601, UTC; null before the first check. */
  readonly checkedAt: string | null;
  /** Null while nobody has looked, and where every resolver saw the record. */
  readonly found: Found | null;
  /** Since when every resolver answers without the record. ISO 8601, UTC; null while it is seen. */
  readonly missingSince: string | null;
  /** How many times the owners were told so. */
  readonly reminders: number;
}

export function recordValueOf({ token }: Pick<DomainProof, "token">): string {
  return `platform-api-domain=${token}`;
}

/** The label of the records, unless the product has another name. */
export const USUAL_RECORD_LABEL = "_platform-api";

/** @param label such as `_acme-id`, with its underscore: no host can have such a name */
export function recordNameOf(domain: DomainName, label: string = USUAL_RECORD_LABEL): string {
  return `${label}.${domain}`;
}
