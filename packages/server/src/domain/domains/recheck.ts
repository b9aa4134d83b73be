import { type AuditAction, auditEntry } from "../audit.ts";
import { type DomainProof, recordNameOf, recordValueOf } from "../domain-proof.ts";
import type { Mailer } from "../mailer.ts";
import { isOwner } from "../membership/owners.ts";
import { isClosed, type VerifiedDomain } from "../organization.ts";
import { newRevision } from "../revision.ts";
import { type Decision, storing, transact } from "../transaction.ts";
import { within } from "../waiting/abortable.ts";
import { type DomainClaim, type DomainPorts, dueSince, lapseOf } from "./claim.ts";
import { checked } from "./domains.ts";
import { type Finding, lookForRecord } from "./finding.ts";
import type { DomainKey } from "./lists.ts";

const AT_ONCE = 8;
/** For one domain: its lookups, its requests to the store and its mails. The whole run has no limit. */
const DOMAIN_MS = 60_000;
/** The owners are told on these days of the 14 that a domain is trusted without its record. The first one is day 1. */
const REMINDER_DAYS = [1, 7, 13];
const GRACE_DAYS = 14;

export interface RecheckPorts extends DomainPorts {
  /** Null where no mail server is configured. */
  readonly mailer: Pick<Mailer, "sendDomainMissing"> | null;
}

export interface RecheckedDomain extends DomainKey {
  /** `unclear`: some resolvers see the record; `unanswered`: one has not answered; `gone`: released meanwhile. */
  readonly outcome: "verified" | "missing" | "lapsed" | "unclear" | "unanswered" | "gone" | "failed";
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
 * Looks for the record of every domain that is due. A domain whose record is missing for the whole grace lapses: it is not
 * trusted any more, whether SSO is enforced or not. A failure of one domain does not stop the others. A run that was
 * interrupted is finished by the next one, because what was looked at is not due any more. Two requests a domain: a
 * read and a commit; two more where its owners are to be told.
 * @throws {Refusal} STORE_UNAVAILABLE when the domains cannot be listed, or the end of the run cannot be stored
 */
export async function recheckDomains(
  onDomain: (rechecked: RecheckedDomain) => void,
  ports: RecheckPorts,
  signal: AbortSignal,
): Promise<void> {
  const domains = ports.domains.listDue(dueSince(ports.now(), ports.limits), signal)[Symbol.asyncIterator]();
  let hasFailed = false;
  async function work(): Promise<void> {
    for (let next = await domains.next(); !next.done; next = await domains.next()) {
      const { domain, organizationId } = next.value;
      const failed = (error: unknown) => resultOf({ domain, organizationId }, "failed", { error });
      const recheck = (deadline: AbortSignal) => recheckDomain({ domain, organizationId }, ports, deadline);
      const rechecked = await within(DOMAIN_MS, signal, recheck).catch(failed);
      hasFailed ||= rechecked.outcome === "failed";
      onDomain(rechecked);
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: AT_ONCE }, work));
  const failure = ended.find(({ status }) => status === "rejected");
  if (failure?.status === "rejected") throw failure.reason;
  // What DNS does not answer is the matter of its domain, but what has failed has not been looked at.
  if (!hasFailed) await ports.domains.recheckEnded(ports.now().toISOString(), signal);
}

/** A call that loses a race looks again: the present state may be newer than what was seen. */
export async function recheckDomain(
  about: DomainKey,
  ports: RecheckPorts,
  signal: AbortSignal,
): Promise<RecheckedDomain> {
  const { organizationId, domain } = about;
  const rechecking = {
    async read(): Promise<Look | null> {
      const { domain: present, claim } = await ports.domains.find(organizationId, domain, signal);
      if (present === null || present.proof === null) return null;
      const finding = await lookForRecord(domain, present.proof.token, ports, signal);
      const now = ports.now();
      return { present, proof: checked(present.proof, finding, now), claim, finding, at: now.toISOString() };
    },
    decide(look: Look | null): Decision<Rechecked> {
      if (look === null) return { changes: null, result: { rechecked: resultOf(about, "gone"), due: null } };
      return look.finding.isMissing ? missing(look, ports) : refreshed(look, ports);
    },
  };
  const { rechecked, due } = await transact(rechecking, ports.transactions, signal);
  if (due === null) return rechecked;
  const { next, reminders, lapsesAt } = due;
  const told = await tellOwners(next, lapsesAt, ports, signal);
  if (told.mails.sent === 0 && told.mails.failed > 0) {
    // The next run tells them. It loses to a change meanwhile, and then so does this reminder.
    const untold = { ...next, proof: { ...next.proof, reminders }, rev: newRevision() };
    const writes = [{ item: "domain", next: untold, present: next }] as const;
    await ports.transactions.commit({ writes, unchanged: [], audit: [] }, signal);
  }
  return { ...rechecked, ...told };
}

type ProvenDomain = VerifiedDomain & { readonly proof: DomainProof };

/** A domain as it is stored, and its proof after a look at its record. */
interface Look {
  readonly present: VerifiedDomain;
  readonly proof: DomainProof;
  readonly claim: DomainClaim | null;
  readonly finding: Finding;
  /** ISO 8601, UTC. */
  readonly at: string;
}

interface Rechecked {
  readonly rechecked: RecheckedDomain;
  /** The domain whose owners are to be told when it lapses, and how many reminders they had before; null for none. */
  readonly due: {
    readonly next: ProvenDomain;
    readonly reminders: number;
    readonly lapsesAt: string;
  } | null;
}

function refreshed(
  { present, proof, finding: { isSeen, hasFailed } }: Look,
  { limits }: RecheckPorts,
): Decision<Rechecked> {
  const { missingSince } = proof;
  const outcome = isSeen ? "verified" : hasFailed ? "unanswered" : "unclear";
  const lapsesAt = missingSince === null ? null : lapseOf(missingSince, limits);
  const next = { ...present, proof, rev: newRevision() };
  const rechecked = resultOf(present, outcome, { lapsesAt });
  return storing([{ item: "domain", next, present }], [], { rechecked, due: null });
}

function missing(look: Look, { limits, mailer }: RecheckPorts): Decision<Rechecked> {
  const { present, proof, at } = look;
  const missingSince = proof.missingSince ?? at;
  const lapsesAt = lapseOf(missingSince, limits);
  if (proof.missingSince !== null && at >= lapsesAt) return lapse(look);
  const due = remindersDue(Date.parse(at) - Date.parse(missingSince), limits.graceMs);
  const reminders = mailer === null ? proof.reminders : Math.max(proof.reminders, due);
  const next = { ...present, proof: { ...proof, missingSince, reminders }, rev: newRevision() };
  const audit = proof.missingSince === null ? [entryOf("domain-missing", look)] : [];
  return storing([{ item: "domain", next, present }], audit, {
    rechecked: resultOf(present, "missing", { lapsesAt }),
    due: due > proof.reminders ? { next, reminders: proof.reminders, lapsesAt } : null,
  });
}

/** Ends the trust in a domain. A claim stays, with the value that verifies it again, and so does its name on the list. */
function lapse(look: Look): Decision<Rechecked> {
  const { present, claim, at } = look;
  const { organizationId, domain, verifiedAt: claimedAt } = present;
  const proof = { ...look.proof, missingSince: null, reminders: 0 };
  const lapsed = { organizationId, domain, state: "lapsed", proof, claimedAt, expiresAt: at } as const;
  return storing(
    [
      { item: "domain", next: null, present },
      { item: "claim", next: { ...lapsed, rev: newRevision() }, present: claim },
    ],
    [entryOf("domain-lapsed", look)],
    { rechecked: resultOf(present, "lapsed", { lapsesAt: at }), due: null },
  );
}

function entryOf(action: AuditAction, { present: { organizationId, domain }, at }: Look) {
  return auditEntry({ at, actor: "system", action, organizationId, domain });
}

/** How many reminders belong to the time since the record is missing. A daily job may come up to half a day early. */
export function remindersDue(elapsedMs: number, graceMs: number): number {
  return REMINDER_DAYS.filter((day) => elapsedMs * GRACE_DAYS + graceMs / 2 >= (day - 1) * graceMs).length;
}

/** Mails every owner. In a closed organization nobody could act. */
async function tellOwners(
  { organizationId, domain, proof }: ProvenDomain,
  lapsesAt: string,
  ports: RecheckPorts,
  signal: AbortSignal,
): Promise<Pick<RecheckedDomain, "mails" | "untold">> {
  const none = { sent: 0, failed: 0 };
  const { mailer } = ports;
  if (mailer === null) return { mails: none, untold: "noMailServer" };
  const organization = await ports.organizations.find(organizationId, signal);
  const userIds = organization === null || isClosed(organization, ports) ? [] : organization.owners;
  const members = await ports.memberships.findMany(organizationId, userIds, signal);
  const addresses = members.filter(isOwner).flatMap(({ email }) => email ?? []);
  if (organization === null || addresses.length === 0) return { mails: none, untold: "noOwner" };
  const [recordName, recordValue] = [recordNameOf(domain, ports.recordLabel), recordValueOf(proof)];
  const mail = { organizationName: organization.name, domain, recordName, recordValue, lapsesAt };
  const outcomes = await Promise.allSettled(
    addresses.map((to) => mailer.sendDomainMissing({ ...mail, to }, signal)),
  );
  const sent = outcomes.filter(({ status }) => status === "fulfilled").length;
  return { mails: { sent, failed: outcomes.length - sent }, untold: null };
}

function resultOf(
  { organizationId, domain }: DomainKey,
  outcome: RecheckedDomain["outcome"],
  more: Partial<RecheckedDomain> = {},
): RecheckedDomain {
  const rest = { lapsesAt: null, mails: { sent: 0, failed: 0 }, untold: null, error: null };
  return { organizationId, domain, outcome, ...rest, ...more };
}
