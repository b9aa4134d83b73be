import { auditEntry, recordActions } from "../audit.ts";
import { type DomainProof, recordNameOf, recordValueOf } from "../domain-proof.ts";
import type { DomainName } from "../email.ts";
import { isOwner } from "../membership/owners.ts";
import type { OrganizationId, VerifiedDomain } from "../organization.ts";
import { newRevision } from "../revision.ts";
import type { OrganizationStores } from "./administration.ts";
import type { DomainClaim } from "./domain-claim.ts";
import { type Finding, lookForRecord } from "./domain-finding.ts";
import { lapseOf } from "./domain-view.ts";
import { checked } from "./domains.ts";
import type { DomainMail, Mailer } from "./mailer.ts";

/** Domains that are looked at concurrently. */
const AT_ONCE = 8;
/** The owners are told on these days of the 14 that a domain is trusted without its record. The first one is day 1. */
const REMINDER_DAYS = [1, 7, 13];
const GRACE_DAYS = 14;

export interface RecheckPorts extends OrganizationStores {
  /** Null where no mail server is configured. */
  readonly mailer: Pick<Mailer, "sendDomainMissing"> | null;
}

/**
 * What a look at a verified domain came to. `unclear`: some resolvers see the record, so it is not missing.
 * `unanswered`: a resolver has not answered. `gone`: released meanwhile.
 */
export type RecheckOutcome = "verified" | "missing" | "lapsed" | "unclear" | "unanswered" | "gone" | "failed";

export interface RecheckedDomain {
  readonly organizationId: OrganizationId;
  readonly domain: DomainName;
  readonly outcome: RecheckOutcome;
  /** When it will lapse, or has lapsed. ISO 8601, UTC; null while its record is not missing. */
  readonly lapsesAt: string | null;
  /** The mails to the owners: none where none was due. */
  readonly mails: { readonly sent: number; readonly failed: number };
  /** Why no owner got a mail that was due. */
  readonly untold: "noMailServer" | "noOwner" | null;
  /** Why it failed; null otherwise. */
  readonly error: unknown;
}

/**
 * Looks for the record of every domain that is verified by DNS. A domain whose record is missing for the whole grace
 * lapses: it is not trusted any more, whether SSO is enforced or not. A failure of one domain does not stop the others.
 * A run that was interrupted is finished by the next one.
 * @throws {Refusal} STORE_UNAVAILABLE when the domains cannot be listed
 */
export async function recheckDomains(
  onDomain: (rechecked: RecheckedDomain) => void,
  ports: RecheckPorts,
  signal: AbortSignal,
): Promise<void> {
  const domains = ports.domains.listVerifiedByDns(signal)[Symbol.asyncIterator]();
  async function work(): Promise<void> {
    for (let next = await domains.next(); !next.done; next = await domains.next()) {
      const { domain, organizationId } = next.value;
      const failed = (error: unknown) => resultOf({ domain, organizationId }, "failed", { error });
      onDomain(await recheckDomain(next.value, ports, signal).catch(failed));
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: AT_ONCE }, work));
  const failure = ended.find(({ status }) => status === "rejected");
  if (failure?.status === "rejected") throw failure.reason;
}

/** A call that loses a race looks again: the present state may be newer than what was seen. */
export async function recheckDomain(
  { organizationId, domain }: Pick<VerifiedDomain, "organizationId" | "domain">,
  ports: RecheckPorts,
  signal: AbortSignal,
): Promise<RecheckedDomain> {
  for (;;) {
    const { domain: before } = await ports.domains.find(organizationId, domain, signal);
    if (before === null || before.proof === null) return resultOf({ organizationId, domain }, "gone");
    const finding = await lookForRecord(domain, before.proof.token, ports, signal);
    const { domain: present, claim } = await ports.domains.find(organizationId, domain, signal);
    if (present?.rev !== before.rev) continue;
    const proof = checked(before.proof, finding, ports.now());
    const result = finding.isMissing
      ? await missing({ ...before, proof }, before, claim, ports, signal)
      : await refreshed(before, proof, finding, ports, signal);
    if (result !== null) return result;
  }
}

/** @returns null after a lost race, as the others */
async function refreshed(
  present: VerifiedDomain,
  proof: DomainProof,
  { isSeen, hasFailed }: Finding,
  ports: RecheckPorts,
  signal: AbortSignal,
): Promise<RecheckedDomain | null> {
  const next = { ...present, proof, isLeaving: present.isLeaving && !isSeen, rev: newRevision() };
  if (!(await ports.domains.replaceDomain(next, present, signal))) return null;
  const outcome = isSeen ? "verified" : hasFailed ? "unanswered" : "unclear";
  const { missingSince } = proof;
  return resultOf(next, outcome, {
    lapsesAt: missingSince === null ? null : lapseOf(missingSince, ports.limits),
  });
}

async function missing(
  looked: VerifiedDomain & { readonly proof: DomainProof },
  present: VerifiedDomain,
  claim: DomainClaim | null,
  ports: RecheckPorts,
  signal: AbortSignal,
): Promise<RecheckedDomain | null> {
  const { organizationId, domain, proof } = looked;
  const at = ports.now().toISOString();
  const missingSince = proof.missingSince ?? at;
  const lapsesAt = lapseOf(missingSince, ports.limits);
  if (proof.missingSince !== null && at >= lapsesAt) return lapse(looked, present, claim, ports, signal);
  const change =
    proof.missingSince === null
      ? auditEntry({ at, actor: "system", action: "domain-missing", organizationId, domain })
      : looked.change;
  const due = remindersDue(Date.parse(at) - Date.parse(missingSince), ports.limits.graceMs);
  const reminded = ports.mailer === null ? proof.reminders : Math.max(proof.reminders, due);
  const next = {
    ...looked,
    proof: { ...proof, missingSince, reminders: reminded },
    ...{ rev: newRevision(), change },
  };
  if (!(await ports.domains.replaceDomain(next, present, signal))) return null;
  if (change !== null) await recordActions([change], { audit: ports.audit, actor: change.actor }, signal);
  if (due <= proof.reminders) return resultOf(next, "missing", { lapsesAt });
  const told = await tellOwners(next, lapsesAt, ports, signal);
  if (told.mails.sent === 0 && told.mails.failed > 0) {
    // The next run tells them. It loses to a change meanwhile, and then so does this reminder.
    const untold = { ...next, proof: { ...next.proof, reminders: proof.reminders }, rev: newRevision() };
    await ports.domains.replaceDomain(untold, next, signal);
  }
  return resultOf(next, "missing", { lapsesAt, ...told });
}

/** Ends the trust in a domain. Its claim stays, with the value that verifies it again. */
async function lapse(
  { organizationId, domain, verifiedAt, proof }: VerifiedDomain & { readonly proof: DomainProof },
  present: VerifiedDomain,
  claim: DomainClaim | null,
  ports: RecheckPorts,
  signal: AbortSignal,
): Promise<RecheckedDomain | null> {
  const at = ports.now().toISOString();
  // A release that was interrupted is finished: the domain must not be listed as lapsed after it.
  const isReleased = claim?.state === "released";
  const change = isReleased
    ? claim.change
    : auditEntry({ at, actor: "system", action: "domain-lapsed", organizationId, domain });
  const lapsed: DomainClaim = {
    ...{ organizationId, domain, state: "lapsed", proof: { ...proof, missingSince: null, reminders: 0 } },
    ...{ claimedAt: claim?.claimedAt ?? verifiedAt, expiresAt: claim?.expiresAt ?? at },
    ...{ rev: newRevision(), change },
  };
  if (!isReleased && !(await ports.domains.replaceClaim(lapsed, claim, signal))) return null;
  if (!(await ports.domains.deleteDomain(present, signal))) return null;
  if (change !== null) await recordActions([change], { audit: ports.audit, actor: change.actor }, signal);
  return resultOf({ organizationId, domain }, isReleased ? "gone" : "lapsed", { lapsesAt: at });
}

/** How many reminders belong to the time since the record is missing. */
export function remindersDue(elapsedMs: number, graceMs: number): number {
  return REMINDER_DAYS.filter((day) => elapsedMs * GRACE_DAYS >= (day - 1) * graceMs).length;
}

/** Mails every owner. In a closed organization nobody could act. */
async function tellOwners(
  { organizationId, domain, proof }: VerifiedDomain & { readonly proof: DomainProof },
  lapsesAt: string,
  ports: RecheckPorts,
  signal: AbortSignal,
): Promise<Pick<RecheckedDomain, "mails" | "untold">> {
  const none = { sent: 0, failed: 0 };
  const { mailer } = ports;
  if (mailer === null) return { mails: none, untold: "noMailServer" };
  const organization = await ports.organizations.find(organizationId, signal);
  const { userIds } = await ports.owners.find(organizationId, signal);
  const members = await ports.membershipRegistry.findMany(organizationId, userIds, signal);
  const owners = organization?.state === "open" ? members.filter(isOwner) : [];
  if (organization === null || owners.length === 0) return { mails: none, untold: "noOwner" };
  const mail: Omit<DomainMail, "to"> = {
    ...{ organizationName: organization.name, domain, lapsesAt },
    ...{ recordName: recordNameOf(domain), recordValue: recordValueOf(proof) },
  };
  const outcomes = await Promise.allSettled(
    owners.map(({ email }) => mailer.sendDomainMissing({ ...mail, to: email }, signal)),
  );
  const sent = outcomes.filter(({ status }) => status === "fulfilled").length;
  return { mails: { sent, failed: outcomes.length - sent }, untold: null };
}

function resultOf(
  { organizationId, domain }: Pick<RecheckedDomain, "organizationId" | "domain">,
  outcome: RecheckOutcome,
  more: Partial<RecheckedDomain> = {},
): RecheckedDomain {
  const rest = { lapsesAt: null, mails: { sent: 0, failed: 0 }, untold: null, error: null };
  return { organizationId, domain, outcome, ...rest, ...more };
}
