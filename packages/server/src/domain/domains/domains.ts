import { type DomainProof, recordNameOf } from "../domain-proof.ts";
import type { DomainName } from "../email.ts";
import { hexOf } from "../encoding.ts";
import { type Administrator, entryBy, type Owner } from "../membership/standing.ts";
import { missingUnderSso, missingWithoutDomain } from "../membership/ways-in.ts";
import { isClosed, type Organization, type VerifiedDomain } from "../organization.ts";
import { Refusal, refusal } from "../refusal.ts";
import { newRevision } from "../revision.ts";
import { type Decision, storing, transact, type Write } from "../transaction.ts";
import {
  currentClaim,
  type DomainPorts,
  type DomainView,
  MAX_CLAIMS,
  MAX_DOMAINS,
  type OwnDomain,
  viewOfDomain,
} from "./claim.ts";
import { type Finding, lookForRecord } from "./finding.ts";
import { type ListedDomain, readListed, relisted, withDomain, withoutDomain } from "./lists.ts";

/** Sooner, a check answers the last finding. */
const CHECK_AGAIN_MS = 1_000;
const TOKEN_BYTES = 16;
/** RFC 1035 §2.3.4, without the final dot. */
const MAX_DNS_NAME = 253;

/** The verified domains, the claimed ones and the lapsed ones, by name. What was written within the last second may be missing. */
export async function listDomains(
  { organization: { id } }: Administrator,
  ports: DomainPorts,
  signal: AbortSignal,
): Promise<DomainView[]> {
  const { domains, claims } = await ports.domains.list(id, signal);
  const verified = new Set(domains.map(({ domain }) => domain));
  const now = ports.now();
  const claimed = claims.filter((claim) => currentClaim(claim, now) !== null && !verified.has(claim.domain));
  return [...domains, ...claimed]
    .map((item) => viewOfDomain(item, ports))
    .sort((a, b) => (a.domain < b.domain ? -1 : 1));
}

/**
 * Claims a domain, which then waits for its record. Several organizations may claim and prove one domain. One that is
 * verified, claimed or lapsed already is answered as it is.
 * @throws {Refusal} INPUT_INVALID for a domain that no customer can own; LIMIT_REACHED; NOT_READY in a closed organization
 */
export async function claimDomain(
  administrator: Administrator,
  domain: DomainName,
  ports: DomainPorts,
  signal: AbortSignal,
): Promise<DomainView> {
  const isTooLong = recordNameOf(domain, ports.recordLabel).length > MAX_DNS_NAME;
  const problem = isTooLong ? "is too long for its record" : ports.domainNames.problemOf(domain);
  if (problem !== null) throw refusal("INPUT_INVALID", `the domain ${problem}`);
  const about = { organizationId: administrator.organization.id, domain };
  const claiming = {
    read: (attempt: number) =>
      readListed(about, ports, signal, attempt === 0 ? { organization: administrator.organization } : {}),
    decide({ organization, claim: present, current, now }: ListedDomain): Decision<OwnDomain> {
      if (current !== null) return { changes: null, result: current };
      requireOpen(organization, now);
      const at = now.toISOString();
      const open = Object.entries(organization.claims).filter(([, until]) => until > at);
      const limit = `an organization has at most ${MAX_CLAIMS} claimed domains that wait for their record`;
      if (open.length >= MAX_CLAIMS) throw refusal("LIMIT_REACHED", limit);
      const expiresAt = new Date(now.getTime() + ports.limits.claimMs).toISOString();
      const token = hexOf(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)));
      const proof = { token, checkedAt: null, found: null, missingSince: null, reminders: 0 };
      const claimed = { ...about, state: "pending", proof, claimedAt: at, expiresAt } as const;
      const next = { ...claimed, rev: newRevision() };
      const claims = { ...Object.fromEntries(open), [domain]: expiresAt };
      const entry = entryBy(administrator, { at, action: "domain-claimed", domain });
      return storing([{ item: "claim", next, present }, relisted(organization, { claims })], [entry], next);
    },
  };
  return viewOfDomain(await transact(claiming, ports.transactions, signal), ports);
}

/**
 * Looks for the record of a domain, and verifies it if every resolver sees it. Within a second the last finding is
 * answered. It never ends the trust in a domain whose record is missing.
 * @throws {Refusal} NOT_FOUND for a domain that the organization has not claimed; LIMIT_REACHED; NOT_READY in a closed
 * organization, and where SSO is enforced and the only owner who could sign in is exempt as a guest of this domain
 */
export async function checkDomain(
  administrator: Administrator,
  domain: DomainName | null,
  ports: DomainPorts,
  signal: AbortSignal,
): Promise<DomainView> {
  if (domain === null) throw notClaimed();
  const about = { organizationId: administrator.organization.id, domain };
  const stored = await ports.domains.find(about.organizationId, domain, signal);
  const known =
    stored.domain ??
    currentClaim(stored.claim, ports.now()) ??
    (await readListed(about, ports, signal, { stored })).current;
  if (known === null) throw notClaimed();
  if (known.proof === null || isFresh(known.proof, ports.now())) return viewOfDomain(known, ports);
  requireOpen(administrator.organization, ports.now());
  const { token } = known.proof;
  const finding = await lookForRecord(domain, token, ports, signal);
  const checking = {
    async read(attempt: number) {
      const state = await readListed(about, ports, signal, attempt === 0 ? { stored } : {});
      const { organization, verified } = state;
      if (verified !== null || !finding.isSeen) return { ...state, missing: null };
      const joined = { ...organization, domains: [...organization.domains, domain] };
      return { ...state, missing: await missingUnderSso(joined, ports, signal) };
    },
    decide(state: Joining): Decision<OwnDomain> {
      const { verified, claim, current } = state;
      if (current === null) throw notClaimed();
      // The value has changed meanwhile, and the finding is about another record.
      if (current.proof?.token !== token) return { changes: null, result: current };
      const proof = checked(current.proof, finding, state.now);
      if (verified === null && finding.isSeen) return verify(administrator, domain, state, proof);
      const next = { ...current, proof, rev: newRevision() };
      const write: Write =
        "state" in next
          ? { item: "claim", next, present: claim }
          : { item: "domain", next, present: verified };
      return storing([write], [], next);
    },
  };
  return viewOfDomain(await transact(checking, ports.transactions, signal), ports);
}

/** With why the change cannot be made; null if it can. */
type Joining = ListedDomain & { readonly missing: string | null };

/** Verifies a claimed domain whose record was just seen. @throws {Refusal} LIMIT_REACHED, NOT_READY */
function verify(
  administrator: Administrator,
  domain: DomainName,
  { organization, claim, now, missing }: Joining,
  proof: DomainProof,
): Decision<VerifiedDomain> {
  const { id: organizationId, domains } = organization;
  if (!domains.includes(domain) && domains.length >= MAX_DOMAINS)
    throw refusal("LIMIT_REACHED", `an organization has at most ${MAX_DOMAINS} verified domains`);
  if (missing !== null) throw refusal("NOT_READY", missing);
  const at = now.toISOString();
  const verified = { organizationId, domain, verifiedBy: "dns", verifiedAt: at, proof } as const;
  const next = { ...verified, rev: newRevision() };
  return storing(
    [
      { item: "domain", next, present: null },
      { item: "claim", next: null, present: claim },
      relisted(organization, withDomain(organization, domain)),
    ],
    [entryBy(administrator, { at, action: "domain-verified", domain })],
    next,
  );
}

/**
 * Gives a domain up, whatever its state. Links that exist survive; a new claim gets another value.
 * @throws {Refusal} ROLE_REQUIRED for an operator's domain; NOT_READY for the last one while SSO is enforced
 */
export async function releaseDomain(
  owner: Owner,
  domain: DomainName | null,
  ports: DomainPorts,
  signal: AbortSignal,
): Promise<void> {
  if (domain === null) return;
  const about = { organizationId: owner.organization.id, domain };
  const releasing = {
    async read(attempt: number) {
      const known = attempt === 0 ? { organization: owner.organization } : {};
      const state = await readListed(about, ports, signal, known);
      const { organization, verified } = state;
      // Who is linked stays so, and who is outside the remaining domains is exempt: no owner is locked out by this.
      const missing =
        verified === null ? null : await missingWithoutDomain(organization, domain, ports, signal);
      return { ...state, missing };
    },
    decide(state: Joining): Decision<null> {
      const { organization, verified, claim, current, now, missing } = state;
      if (current === null && !state.isListed) return { changes: null, result: null };
      if (verified?.verifiedBy === "operator" && owner.userId !== null)
        throw refusal("ROLE_REQUIRED", "an operator has verified this domain, and only operators release it");
      if (missing !== null) throw refusal("NOT_READY", missing);
      const writes: Write[] = [relisted(organization, withoutDomain(organization, domain))];
      if (verified !== null) writes.push({ item: "domain", next: null, present: verified });
      if (claim !== null) writes.push({ item: "claim", next: null, present: claim });
      // What has expired, or what a restore has left of a domain, only leaves the lists.
      const entry = entryBy(owner, { at: now.toISOString(), action: "domain-released", domain });
      return storing(writes, current === null ? [] : [entry], null);
    },
  };
  await transact(releasing, ports.transactions, signal);
}

/** The proof after a look. Only a daily `domain recheck` decides that a record is missing. */
export function checked(proof: DomainProof, { isSeen, found }: Finding, now: Date): DomainProof {
  const looked = { ...proof, checkedAt: now.toISOString(), found };
  return isSeen ? { ...looked, missingSince: null, reminders: 0 } : looked;
}

function isFresh({ checkedAt }: DomainProof, now: Date): boolean {
  if (checkedAt === null) return false;
  const age = now.getTime() - Date.parse(checkedAt);
  return age >= 0 && age < CHECK_AGAIN_MS;
}

function requireOpen(organization: Organization, now: Date): void {
  if (isClosed(organization, { now: () => now }))
    throw refusal("NOT_READY", "the organization is closed: reopen it first");
}

function notClaimed(): Refusal {
  return new Refusal("NOT_FOUND", "the organization has not claimed this domain");
}
