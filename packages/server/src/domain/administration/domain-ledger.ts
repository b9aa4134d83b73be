import type { DomainName } from "../email.ts";
import type { OrganizationId, VerifiedDomain } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import { newRevision } from "../revision.ts";
import {
  type DomainClaim,
  type DomainLedger,
  type DomainStore,
  MAX_CLAIMS,
  MAX_DOMAINS,
} from "./domain-claim.ts";

interface LedgerPorts {
  readonly domains: DomainStore;
  readonly now: () => Date;
}

/** A claim that counts. */
export type CurrentClaim = DomainClaim & { readonly state: "pending" | "lapsed" };

/** The claim if it counts: it is lapsed, or is pending and has not expired. */
export function currentClaim(claim: DomainClaim | null, now: Date): CurrentClaim | null {
  if (claim === null) return null;
  const { state } = claim;
  if (state === "released") return null;
  return state === "pending" && claim.expiresAt <= now.toISOString() ? null : { ...claim, state };
}

/**
 * Counts a claim before it is stored.
 * @throws {Refusal} LIMIT_REACHED
 */
export async function countClaim(
  { organizationId, domain, expiresAt }: DomainClaim,
  ports: LedgerPorts,
  signal: AbortSignal,
): Promise<void> {
  await changeLedger(organizationId, ports, signal, ({ claims }) => {
    const now = ports.now().toISOString();
    const open = Object.entries(claims).filter(([name, until]) => until > now && name !== domain);
    if (open.length >= MAX_CLAIMS)
      throw limitReached(
        `an organization has at most ${MAX_CLAIMS} claimed domains that wait for their record`,
      );
    return { claims: { ...Object.fromEntries(open), [domain]: expiresAt } };
  });
}

/**
 * Counts a domain before it is verified. Its claim still counts as one. One that is counted already gets a new revision
 * of the ledger, which tells this verification from another one.
 * @returns takes the domain off again, unless it was counted before or the ledger has changed since
 * @throws {Refusal} LIMIT_REACHED
 */
export async function countDomain(
  organizationId: OrganizationId,
  domain: DomainName,
  ports: LedgerPorts,
  signal: AbortSignal,
): Promise<() => Promise<void>> {
  let before: readonly DomainName[] = [];
  const counted = await changeLedger(organizationId, ports, signal, async ({ domains: counted }) => {
    before = counted;
    if (counted.includes(domain)) return { domains: counted };
    const listed = await ports.domains.list(organizationId, signal);
    const others = listed.domains.filter(isOfOperator).map((each) => each.domain);
    const isFull = (names: readonly DomainName[]) =>
      new Set([...names, ...others, domain]).size > MAX_DOMAINS;
    // A crash may have left names too many. Only those that are not listed can be.
    const claims = listed.claims.filter((claim) => currentClaim(claim, ports.now()) !== null);
    const known = new Set([...listed.domains, ...claims].map((each) => each.domain));
    const domains = isFull(counted)
      ? await whereCurrent(organizationId, counted, known, ports, signal)
      : counted;
    if (isFull(domains)) throw limitReached(`an organization has at most ${MAX_DOMAINS} verified domains`);
    return { domains: [...domains, domain] };
  });
  return async () => {
    if (before.includes(domain)) return;
    const domains = counted.domains.filter((each) => each !== domain);
    await ports.domains.replaceLedger({ ...counted, domains, rev: newRevision() }, counted.rev, signal);
  };
}

/** The claim counts no more, because its domain is verified now. */
export async function uncountClaim(
  claim: DomainClaim,
  ports: LedgerPorts,
  signal: AbortSignal,
): Promise<void> {
  await changeLedger(claim.organizationId, ports, signal, ({ claims }) => withoutClaim(claims, claim));
}

/**
 * A name that is gone counts no more, nor does its claim.
 * @param claim the one that was given up; null for none
 */
export async function uncountDomain(
  { organizationId, domain }: Pick<DomainClaim, "organizationId" | "domain">,
  claim: DomainClaim | null,
  ports: LedgerPorts,
  signal: AbortSignal,
): Promise<void> {
  await changeLedger(organizationId, ports, signal, async (present) => {
    const ended = claim === null ? null : withoutClaim(present.claims, claim);
    // It is read after the ledger: somebody who has claimed it meanwhile may have counted it again.
    if (!present.domains.includes(domain) || (await isCurrent(organizationId, domain, ports, signal)))
      return ended;
    return { ...ended, domains: present.domains.filter((each) => each !== domain) };
  });
}

/** @returns null if another claim of the name is counted, which is known by its time, or none */
function withoutClaim(claims: DomainLedger["claims"], { domain, expiresAt }: DomainClaim) {
  if (claims[domain] !== expiresAt) return null;
  const { [domain]: _, ...rest } = claims;
  return { claims: rest };
}

async function isCurrent(
  id: OrganizationId,
  name: DomainName,
  { domains, now }: LedgerPorts,
  signal: AbortSignal,
): Promise<boolean> {
  const { domain, claim } = await domains.find(id, name, signal);
  return domain !== null || currentClaim(claim, now()) !== null;
}

async function whereCurrent(
  id: OrganizationId,
  names: readonly DomainName[],
  known: ReadonlySet<DomainName>,
  ports: LedgerPorts,
  signal: AbortSignal,
): Promise<DomainName[]> {
  const current = await Promise.all(
    names.map(async (name) => known.has(name) || isCurrent(id, name, ports, signal)),
  );
  return names.filter((_, index) => current[index]);
}

/**
 * Changes the ledger. A call that loses a race starts over.
 * @param decide what to change; null for nothing
 * @returns the ledger as it is stored now
 */
async function changeLedger(
  id: OrganizationId,
  { domains }: LedgerPorts,
  signal: AbortSignal,
  decide: (present: DomainLedger) => Partial<DomainLedger> | null | Promise<Partial<DomainLedger> | null>,
): Promise<DomainLedger> {
  for (;;) {
    const present = await domains.findLedger(id, signal);
    const change = await decide(present);
    if (change === null) return present;
    const next = { ...present, ...change, rev: newRevision() };
    if (await domains.replaceLedger(next, present.rev, signal)) return next;
  }
}

function isOfOperator({ verifiedBy }: VerifiedDomain): boolean {
  return verifiedBy === "operator";
}

function limitReached(hint: string): Refusal {
  return new Refusal("LIMIT_REACHED", "too many domains of one organization", { hint });
}
