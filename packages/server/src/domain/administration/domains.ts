import { type AuditAction, type AuditEntry, auditEntry, recordActions } from "../audit.ts";
import { type DomainProof, recordNameOf } from "../domain-proof.ts";
import type { DomainName } from "../email.ts";
import type { VerifiedDomain } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import { newRevision } from "../revision.ts";
import type { OrganizationStores } from "./administration.ts";
import type { DomainClaim, DomainView } from "./domain-claim.ts";
import { type Finding, lookForRecord } from "./domain-finding.ts";
import {
  type CurrentClaim,
  countClaim,
  countDomain,
  currentClaim,
  uncountClaim,
  uncountDomain,
} from "./domain-ledger.ts";
import { viewOfDomain } from "./domain-view.ts";
import type { Actor, Administrator, Owner } from "./standing.ts";
import { joinDomain, leaveDomain } from "./ways-in.ts";

/** Sooner, a check answers the last finding. */
const CHECK_AGAIN_MS = 1_000;
const TOKEN_BYTES = 16;
/** RFC 1035 §2.3.4, without the final dot. */
const MAX_DNS_NAME = 253;

/** The verified domains, the claimed ones and the lapsed ones, by name. What was written within the last second may be missing. */
export async function listDomains(
  { organization: { id } }: Administrator,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<DomainView[]> {
  const { domains, claims } = await ports.domains.list(id, signal);
  const verified = new Set(domains.map(({ domain }) => domain));
  const now = ports.now();
  const claimed = claims
    .map((claim) => currentClaim(claim, now))
    .filter((claim) => claim !== null && !verified.has(claim.domain));
  return [...domains, ...claimed.filter((claim) => claim !== null)]
    .map((item) => viewOfDomain(item, ports))
    .sort((a, b) => (a.domain < b.domain ? -1 : 1));
}

/**
 * Claims a domain, which then waits for its record. Several organizations may claim and prove one domain. One that is
 * verified, claimed or lapsed already is answered as it is.
 * @throws {Refusal} INPUT_INVALID for a domain that no customer can own; LIMIT_REACHED; NOT_READY in a closed organization
 * @throws {AuditIncomplete} when it is claimed without an audit entry
 */
export async function claimDomain(
  administrator: Administrator,
  domain: DomainName,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<DomainView> {
  const { organization, actor, via } = administrator;
  const isTooLong = recordNameOf(domain).length > MAX_DNS_NAME;
  const problem = isTooLong ? "is too long for its record" : ports.domainNames.problemOf(domain);
  if (problem !== null) {
    throw new Refusal("INPUT_INVALID", "no customer can own this domain", { hint: `the domain ${problem}` });
  }
  for (;;) {
    const { claim, current } = await find(administrator, domain, ports, signal);
    if (current !== null) return recorded(current, ports, signal);
    requireOpen(administrator);
    const about = { domain, organizationId: organization.id };
    const at = ports.now();
    const next: CurrentClaim = {
      ...{ ...about, state: "pending", proof: unchecked(newToken()), claimedAt: at.toISOString() },
      expiresAt: new Date(at.getTime() + ports.limits.claimMs).toISOString(),
      rev: newRevision(),
      change: auditEntry({ ...about, at: at.toISOString(), actor, via, action: "domain-claimed" }),
    };
    await countClaim(next, ports, signal);
    if (await ports.domains.replaceClaim(next, claim, signal)) return recorded(next, ports, signal);
  }
}

/**
 * Looks for the record of a domain, and verifies it if every resolver sees it. Within a second the last finding is
 * answered. It never ends the trust in a domain whose record is missing.
 * @throws {Refusal} NOT_FOUND for a domain that the organization has not claimed; LIMIT_REACHED; NOT_READY in a closed
 * organization, and where SSO is enforced and the only owner who could sign in is exempt as a guest of this domain
 * @throws {AuditIncomplete} when it is verified without an audit entry
 */
export async function checkDomain(
  administrator: Administrator,
  domain: DomainName | null,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<DomainView> {
  if (domain === null) throw notClaimed();
  const { current: known } = await find(administrator, domain, ports, signal);
  if (known === null) throw notClaimed();
  if (known.proof === null || isFresh(known.proof, ports.now())) return recorded(known, ports, signal);
  requireOpen(administrator);
  const { token } = known.proof;
  const finding = await lookForRecord(domain, token, ports, signal);
  for (;;) {
    const { verified, current } = await find(administrator, domain, ports, signal);
    if (current === null) throw notClaimed();
    // The value has changed meanwhile, and the finding is about another record.
    if (current.proof?.token !== token) return recorded(current, ports, signal);
    const proof = checked(current.proof, finding, ports.now());
    if (verified !== null) {
      const isLeaving = verified.isLeaving && !finding.isSeen;
      const next = { ...verified, proof, isLeaving, rev: newRevision() };
      if (await ports.domains.replaceDomain(next, verified, signal)) return recorded(next, ports, signal);
    } else if (finding.isSeen) {
      const next = await verify(administrator, { ...current, proof }, ports, signal);
      if (next !== null) return recorded(next, ports, signal);
    } else if ("state" in current) {
      const next = { ...current, proof, rev: newRevision() };
      if (await ports.domains.replaceClaim(next, current, signal)) return recorded(next, ports, signal);
    }
  }
}

/**
 * Gives a domain up, whatever its state. Links that exist survive; a new claim gets another value.
 * @throws {Refusal} ROLE_REQUIRED for an operator's domain; NOT_READY for the last one while SSO is enforced
 * @throws {AuditIncomplete} when it is released without an audit entry
 */
export async function releaseDomain(
  owner: Owner,
  domain: DomainName | null,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<void> {
  if (domain === null) return;
  const { id: organizationId } = owner.organization;
  let released: DomainClaim | null = null;
  for (;;) {
    const { verified, claim, current } = await find(owner, domain, ports, signal);
    const isAnother = released !== null && claim?.rev !== released.rev;
    if (verified === null && (current === null || isAnother)) {
      released ??= claim?.state === "released" ? claim : null;
      await uncountDomain({ organizationId, domain }, released, ports, signal);
      if (released !== null) await record(released.change, ports, signal);
      return;
    }
    if (verified?.verifiedBy === "operator" && owner.userId !== null) {
      const hint = "an operator has verified this domain, and only operators release it";
      throw new Refusal("ROLE_REQUIRED", "releasing an operator's domain", { hint });
    }
    const leaving = verified === null ? null : await leaveDomain(owner, verified, ports, signal);
    if (verified !== null && leaving === null) continue;
    // First the claim, so that no check that is going on keeps the domain.
    const next = tombstoneOf(owner, domain, claim, ports);
    if (!(await ports.domains.replaceClaim(next, claim, signal))) continue;
    released = next;
    if (leaving !== null) await ports.domains.deleteDomain(leaving, signal);
  }
}

/** What is stored of a domain. `current` is what counts of it: a verified one rather than its claim. */
async function find(
  { organization: { id } }: Actor,
  domain: DomainName,
  { domains, now }: OrganizationStores,
  signal: AbortSignal,
) {
  const { domain: verified, claim } = await domains.find(id, domain, signal);
  return { verified, claim, current: verified ?? currentClaim(claim, now()) };
}

/**
 * Verifies a claimed domain whose record was just seen.
 * @returns null if it was verified or released meanwhile
 */
async function verify(
  administrator: Actor,
  { domain, proof }: { readonly domain: DomainName; readonly proof: DomainProof },
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<VerifiedDomain | null> {
  const {
    organization: { id: organizationId },
    actor,
    via,
  } = administrator;
  const uncount = await countDomain(organizationId, domain, ports, signal);
  try {
    await joinDomain(administrator, domain, ports, signal);
  } catch (error) {
    if (error instanceof Refusal && error.reason === "NOT_READY") await uncount();
    throw error;
  }
  const at = proof.checkedAt ?? ports.now().toISOString();
  const next: VerifiedDomain = {
    ...{ domain, organizationId, verifiedBy: "dns", verifiedAt: at, proof, isLeaving: false },
    rev: newRevision(),
    change: auditEntry({ at, actor, via, action: "domain-verified", organizationId, domain }),
  };
  if (!(await ports.domains.replaceDomain(next, null, signal))) return null;
  // A release that did not see the domain has put its claim by now.
  const { claim } = await ports.domains.find(organizationId, domain, signal);
  if (claim === null || claim.state === "released" || claim.proof.token !== proof.token) {
    await undo(administrator, next, ports, signal);
    await uncountDomain(next, null, ports, signal);
    return null;
  }
  await uncountClaim(claim, ports, signal);
  await record(claim.change, ports, signal);
  return next;
}

/**
 * Ends the trust in a domain that was just verified, also if another check has seen it meanwhile. Somebody may have
 * enforced SSO because of it: then it stays.
 */
async function undo(
  administrator: Actor,
  verified: VerifiedDomain,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<void> {
  const { organizationId, domain, proof } = verified;
  let present: VerifiedDomain | null = verified;
  while (present !== null && present.proof?.token === proof?.token) {
    const leaving = await leaveDomain(administrator, present, ports, signal);
    if (leaving !== null && (await ports.domains.deleteDomain(leaving, signal))) return;
    present = (await ports.domains.find(organizationId, domain, signal)).domain;
  }
}

/** What stays of a claim that was given up: no value, and the entry of its release. */
function tombstoneOf(
  { organization: { id: organizationId }, actor, via }: Actor,
  domain: DomainName,
  claim: DomainClaim | null,
  { now }: OrganizationStores,
): DomainClaim {
  const at = now().toISOString();
  const action: AuditAction = "domain-released";
  return {
    ...{ domain, organizationId, state: "released", proof: unchecked("") },
    ...{ claimedAt: claim?.claimedAt ?? at, expiresAt: claim?.expiresAt ?? at },
    rev: newRevision(),
    change: auditEntry({ at, actor, via, action, organizationId, domain }),
  };
}

function unchecked(token: string): DomainProof {
  return { token, checkedAt: null, found: null, missingSince: null, reminders: 0 };
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

/** The entry of the last change is appended again: a crash may have kept it from being written. */
async function recorded(
  item: VerifiedDomain | CurrentClaim,
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<DomainView> {
  await record(item.change, ports, signal);
  return viewOfDomain(item, ports);
}

async function record(
  entry: AuditEntry | null,
  { audit }: OrganizationStores,
  signal: AbortSignal,
): Promise<void> {
  if (entry !== null) await recordActions([entry], { audit, actor: entry.actor }, signal);
}

function requireOpen({ organization }: Actor): void {
  if (organization.state !== "closed") return;
  const hint = "the organization is closed: reopen it first";
  throw new Refusal("NOT_READY", "the organization is closed", { hint });
}

function notClaimed(): Refusal {
  return new Refusal("NOT_FOUND", "the organization has not claimed this domain");
}

/** 128 random bits, as hex digits. */
function newToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
