import { hexOf } from "../encoding.ts";
import { isCurrent, keptUntil } from "../membership/invitation.ts";
import type { InvitationLedger } from "../membership/memberships.ts";
import type { AppliedDeclaration, Organization } from "../organization.ts";
import { newRevision } from "../revision.ts";
import { storing, transact } from "../transaction.ts";
import type { Stores } from "./administration.ts";
import { warningsOf } from "./declaration-warnings.ts";
import { membersOnceInvited, membersToInvite } from "./declared-invitations.ts";
import { differencesOf } from "./organization-differences.ts";
import type { DeclaredOrganization } from "./organization-registry.ts";
import { type Comparison, NO_TRANSFERS, type Step } from "./organization-step.ts";

/** Changes with what a declaration means, so that no earlier comparison counts any more. */
const FORMAT = 1;

/**
 * How long after others have changed an invitation nothing is remembered: the index may still lack it, and the clocks differ
 * by which it was dated. In milliseconds.
 */
const QUIET_MS = 60_000;

async function digestOf({
  organization,
  domains,
  connections,
  invitations,
}: DeclaredOrganization): Promise<string> {
  const { id, name, auth0OrgId, jit, defaultRole, enforceSso, trusts } = organization;
  const { isBeginning, isClosedByOperators } = organization; // what is left out is not in the text
  const routes = connections.map((each) => [each.name, each.strategy, each.displayName]);
  const text = JSON.stringify({
    format: FORMAT,
    settings: { id, name, auth0OrgId, jit, defaultRole, enforceSso, trusts: [...trusts].sort() },
    locks: isBeginning || isClosedByOperators ? { isBeginning, isClosedByOperators } : undefined,
    domains: [...domains].sort(),
    connections: routes.sort(byName),
    invitations: invitations?.map(({ email, role }) => [email, role]).sort(byName) ?? null,
  });
  return hexOf(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
}

function byName([one = ""]: readonly string[], [other = ""]: readonly string[]): number {
  return one < other ? -1 : 1;
}

/**
 * Whether nothing differs from the declaration, and nothing is to be said about it, by what was remembered.
 * @param ledger null where no invitations are declared
 */
export async function isApplied(
  declared: DeclaredOrganization,
  organization: Organization | undefined,
  ledger: InvitationLedger | null,
  now: Date,
): Promise<boolean> {
  return organization !== undefined && holds(organization, await digestOf(declared), ledger, now);
}

function holds(
  { applied, rev }: Organization,
  digest: string,
  ledger: InvitationLedger | null,
  now: Date,
): boolean {
  if (applied?.rev !== rev || applied.digest !== digest) return false;
  const { invitations } = applied;
  if (invitations === null || ledger === null) return invitations === ledger;
  const { changes, until } = invitations;
  return changes === ledger.changes && (until === null || now.toISOString() < until);
}

/**
 * Remembers that the organization is as declared, if it is, so that the next comparison reads nothing but the organization
 * and the ledger of its invitations. It changes nothing that anybody sees, and nothing is recorded.
 * @param done what was changed since it was compared
 */
export async function settle(
  compared: Comparison,
  done: readonly Step[],
  ports: Stores,
  signal: AbortSignal,
): Promise<void> {
  const { declared } = compared;
  const digest = await digestOf(declared);
  const ownChanges = done.filter(({ actions }) => actions.some((each) => "invitationId" in each)).length;
  const read = async (attempt: number) =>
    attempt === 0 && done.length === 0 ? compared : readAgain(compared, ports, signal);
  const decide = (found: Comparison) => {
    const comparison = { ...found, transfers: NO_TRANSFERS };
    const { ledger, stored, now } = comparison;
    const { organization: present } = stored;
    const isKnown = present === null || holds(present, digest, ledger, now);
    if (isKnown || !isQuiet(compared, ledger, ownChanges) || !isAsDeclared(comparison))
      return { changes: null, result: null };
    const until = untilOf(comparison, present);
    if (until !== null && until <= now.toISOString()) return { changes: null, result: null };
    const rev = newRevision();
    const invitations = ledger && { changes: ledger.changes, until };
    const applied: AppliedDeclaration = { digest, rev, invitations };
    return storing([{ item: "organization", next: { ...present, applied, rev }, present }], [], null);
  };
  await transact({ read, decide }, ports.transactions, signal);
}

async function readAgain(compared: Comparison, ports: Stores, signal: AbortSignal): Promise<Comparison> {
  const { declared } = compared;
  const { id } = declared.organization;
  const now = ports.now();
  // First: what changes afterwards shows in the ledger.
  const ledger = declared.invitations === null ? null : await ports.memberships.findLedger(id, signal);
  const stored = await ports.organizationRegistry.read(declared, signal);
  const members = await membersToInvite(declared, stored, ports, signal);
  return { ...compared, stored, members, ledger, now };
}

/** Whether no invitation may be open that the index has not shown: others had offered none shortly before, nor since. */
function isQuiet(compared: Comparison, ledger: InvitationLedger | null, ownChanges: number): boolean {
  if (compared.ledger === null || ledger === null) return true;
  const { changes, changedAt } = compared.ledger;
  const quietMs = changedAt === null ? Infinity : compared.now.getTime() - Date.parse(changedAt);
  return quietMs >= QUIET_MS && ledger.changes === changes + ownChanges;
}

function isAsDeclared(comparison: Comparison): boolean {
  const { declared, stored } = comparison;
  const names = declared.connections.map(({ name }) => name);
  const isForeign = stored.connections.some(
    ({ name, origin }) => origin === "self-service" && names.includes(name),
  );
  return !isForeign && differencesOf(comparison).length === 0 && warningsOf(comparison).length === 0;
}

/**
 * Until when no invitation may have to be offered, and nothing be said about one, unless the ledger or the organization
 * changes. An acceptance changes neither, and needs nothing: the role is the declared one.
 * @returns ISO 8601, UTC; null for no end, and a time that has passed where neither would tell of a change
 */
function untilOf(comparison: Comparison, { owners }: Organization): string | null {
  const { declared, stored, now } = comparison;
  // Without an invitation the role of the member counts: only that of an owner is written with the organization.
  const others = membersOnceInvited(comparison).filter(({ userId }) => !owners.includes(userId));
  if (others.length > 0) return now.toISOString();
  const times = (declared.invitations ?? []).flatMap(({ email }) => {
    const invitation = stored.invitations.find((each) => each.email === email);
    if (invitation === undefined) return [];
    if (isCurrent(invitation, now.toISOString())) return [invitation.expiresAt];
    return keptUntil(invitation)?.toISOString() ?? [];
  });
  return times.sort()[0] ?? null;
}
