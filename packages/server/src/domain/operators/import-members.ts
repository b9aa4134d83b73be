import type { Role } from "../../wire/index.ts";
import { auditEntry } from "../audit.ts";
import { batchesOf, batchIds } from "../batches.ts";
import { type CanonicalEmail, domainOf } from "../email.ts";
import { afterMembership, speakersUnchanged, speakersWrites } from "../identity/speakers.ts";
import { admission } from "../membership/owners.ts";
import { type Membership, newMembership } from "../membership.ts";
import { transact } from "../transaction.ts";
import type { UserId } from "../user-id.ts";
import { within } from "../waiting/abortable.ts";
import type { Administration } from "./administration.ts";

/** One membership of an older system. */
export interface DeclaredMember extends Pick<Membership, "organizationId" | "userId" | "role"> {
  readonly email: CanonicalEmail;
  /** Its place in the list, from 0. */
  readonly index: number;
}

/** What a declared member comes to: only `new` is written; what is stored stays as it is. */
export interface PlannedMember extends DeclaredMember {
  readonly outcome: "new" | "unchanged" | "role-differs" | "removed" | "foreign" | "erased";
  /** The stored role; null when there is no membership. */
  readonly storedRole: Role | null;
}

/** Why a declared member cannot be imported. */
export type ImportProblem = { readonly member: DeclaredMember } & (
  | { readonly kind: "unknown-organization" | "unknown-address" | "foreign" | "erased" }
  | { readonly kind: "other-user"; readonly registered: UserId }
  | { readonly kind: "invited-otherwise"; readonly invitedAs: Role }
);

/** Finds the users of the directory without creating any. */
export interface RegisteredUsers {
  /**
   * The user with exactly this address, or null.
   * @throws {Refusal} DIRECTORY_UNAVAILABLE when there is no usable answer before `signal` aborts; OVERLOADED when its
   * queue is full
   */
  find(email: CanonicalEmail, signal: AbortSignal): Promise<UserId | null>;
}

/** The import stopped; `cause` is the {@link Refusal} of the store. */
export class ImportStopped extends Error {
  /** How many memberships have been written. */
  readonly imported: number;

  constructor(imported: number, options: { cause: unknown }) {
    super("the import stopped before its end", options);
    this.name = "ImportStopped";
    this.imported = imported;
  }
}

/**
 * How many members are processed at once: an import must not slow down users who sign in. What they need of the store is
 * one request for all of them, at 5 items each.
 */
const AT_ONCE = 16;
/** For these members together. The whole import has no limit. */
const AT_ONCE_MS = 60_000;

/**
 * What an import would do; it only reads. A member counts only if the directory has exactly this user at exactly this
 * address: a membership is never written for a UUID that the directory does not confirm.
 * @param onDone is told how many members have been looked at, after each of the requests
 * @throws {Refusal} when the directory or the store is unavailable
 */
export async function planImport(
  members: readonly DeclaredMember[],
  ports: Administration & { readonly registeredUsers: RegisteredUsers },
  signal: AbortSignal,
  onDone: (members: number) => void = () => {},
): Promise<{ planned: PlannedMember[]; problems: ImportProblem[] }> {
  const known = new Map<CanonicalEmail, Promise<UserId | null>>();
  /** Each address is looked up once, however many members have it. */
  const userAt = (email: CanonicalEmail, deadline: AbortSignal) => {
    const found = known.get(email) ?? ports.registeredUsers.find(email, deadline);
    known.set(email, found);
    return found;
  };
  const planned: PlannedMember[] = [];
  const problems: ImportProblem[] = [];
  for (const batch of batchesOf(members, AT_ONCE)) {
    const plans = await within(AT_ONCE_MS, signal, async (deadline) => {
      // All of them first: only what is asked for at once is read together.
      const registered = await Promise.all(batch.map(({ email }) => userAt(email, deadline)));
      return Promise.all(batch.map((each, at) => planMember(each, registered[at] ?? null, ports, deadline)));
    });
    for (const plan of plans) {
      if ("kind" in plan) problems.push(plan);
      else planned.push(plan);
    }
    onDone(planned.length + problems.length);
  }
  return { planned, problems };
}

/**
 * Writes what is `new`, each by a transaction of its own: a login of one of them holds up no other. It may be repeated:
 * after a failure in the middle, the same plan finishes the work.
 * @param onDone is told how many of those that are new have been dealt with
 * @returns every member as it turned out: a login or another operator may have been faster
 * @throws {ImportStopped} with the number of memberships that have been written
 */
export async function applyImport(
  planned: readonly PlannedMember[],
  ports: Administration,
  signal: AbortSignal,
  onDone: (members: number) => void = () => {},
): Promise<PlannedMember[]> {
  const turnedOut = new Map(planned.map((member) => [member.index, member]));
  const wanted = planned.filter(({ outcome }) => outcome === "new");
  // One of each organization: nobody sees that another one was in the same list.
  const batchIdOf = batchIds(wanted.map(({ organizationId }) => organizationId));
  const importOne = (member: PlannedMember, deadline: AbortSignal) =>
    importMember({ member, batchId: batchIdOf(member.organizationId) }, ports, deadline);
  let imported = 0;
  let done = 0;
  for (const batch of batchesOf(wanted, AT_ONCE)) {
    const outcomes = await within(AT_ONCE_MS, signal, (deadline) =>
      Promise.allSettled(batch.map((member) => importOne(member, deadline))),
    );
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") continue;
      turnedOut.set(outcome.value.index, outcome.value);
      if (outcome.value.outcome === "new") imported += 1;
    }
    const failed = outcomes.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw new ImportStopped(imported, { cause: failed.reason });
    done += batch.length;
    onDone(done);
  }
  return [...turnedOut.values()];
}

/** Creates and records the membership. @returns the member as it turned out */
function importMember(
  { member, batchId }: { readonly member: PlannedMember; readonly batchId: string | null },
  ports: Administration,
  signal: AbortSignal,
): Promise<PlannedMember> {
  const read = () => readPlace(member, ports, signal);
  const decide = ({ stored, organization, speakers, spoken, isInside }: Awaited<ReturnType<typeof read>>) => {
    if (stored !== null) return { changes: null, result: { ...member, ...compare(member, stored) } };
    if (speakers.erasedAt !== null)
      return { changes: null, result: { ...member, outcome: "erased" as const } };
    if (organization === null || spoken === null)
      return { changes: null, result: { ...member, outcome: "foreign" as const } };
    const { organizationId, userId, email, role } = member;
    const at = ports.now().toISOString();
    const about = { origin: "import", createdAt: at, invitedFromOutside: !isInside } as const;
    const proposed = newMembership({ organizationId, userId, email, role, ...about });
    const { writes, membership } = admission(proposed, null, organization);
    const action = { at, actor: ports.actor, action: "membership-created", rule: "import" } as const;
    const entry = auditEntry({ ...action, organizationId, userId, batchId });
    const unchanged = speakersUnchanged(spoken, speakers);
    return {
      changes: { writes: [...writes, ...speakersWrites(spoken, speakers)], unchanged, audit: [entry] },
      result: { ...member, role: membership.role },
    };
  };
  return transact({ read, decide }, ports.transactions, signal);
}

/** Where the member is to be, in one request. `spoken` is null where another organization's SSO speaks for the user. */
async function readPlace(
  { organizationId, userId, email }: DeclaredMember,
  { memberships, organizations, speakers: known, domains }: Administration,
  signal: AbortSignal,
) {
  const domain = domainOf(email);
  const [stored, organization, speakers, { domain: verified }] = await Promise.all([
    memberships.find(organizationId, userId, signal),
    organizations.find(organizationId, signal),
    known.find(userId, signal),
    domains.find(organizationId, domain, signal),
  ]);
  const isInside = verified !== null;
  const place = organization === null ? null : { organization, domain };
  const spoken = isInside && place !== null ? afterMembership(speakers, place) : speakers;
  return { stored, organization, speakers, spoken, isInside };
}

async function planMember(
  member: DeclaredMember,
  registered: UserId | null,
  ports: Administration,
  signal: AbortSignal,
): Promise<PlannedMember | ImportProblem> {
  const { organizationId, userId, email, role } = member;
  const [{ stored, organization, speakers, spoken }, invitation] = await Promise.all([
    readPlace(member, ports, signal),
    ports.memberships.findInvitation(organizationId, email, signal),
  ]);
  if (organization === null) return { kind: "unknown-organization", member };
  if (speakers.erasedAt !== null) return { kind: "erased", member };
  if (registered === null) return { kind: "unknown-address", member };
  if (registered !== userId) return { kind: "other-user", member, registered };
  if (stored !== null) return { ...member, ...compare(member, stored) };
  // A membership makes an open invitation void, and with it the role that was offered.
  if (invitation?.consumedBy === null && invitation.role !== role)
    return { kind: "invited-otherwise", member, invitedAs: invitation.role };
  return spoken === null ? { kind: "foreign", member } : { ...member, outcome: "new", storedRole: null };
}

function compare(
  { role }: DeclaredMember,
  { role: storedRole, status }: Membership,
): Pick<PlannedMember, "outcome" | "storedRole"> {
  if (status === "removed") return { outcome: "removed", storedRole };
  return { outcome: role === storedRole ? "unchanged" : "role-differs", storedRole };
}
