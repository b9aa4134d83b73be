import { isDeepStrictEqual } from "node:util";
import type { CljClient, DirectoryUser } from "@platform-api/clj-client";
import {
  afterMembership,
  type CanonicalEmail,
  decideInside,
  hasVerified,
  type Membership,
  type Memberships,
  type OrganizationId,
  type Organizations,
  parseEmail,
  type Role,
  type SpeakersStore,
  type UserId,
} from "@platform-api/server/domain";
import { type DeclaredMember, type LineProblem, nameOf } from "./files/members-file.ts";

/** What a line comes to: only `new` is written; whatever is stored stays as it is. */
export interface PlannedMember extends DeclaredMember {
  readonly outcome: "new" | "unchanged" | "role-differs" | "removed" | "foreign";
  /** The role that is stored; null where nothing is. */
  readonly storedRole: Role | null;
}

export interface ImportPorts {
  /** Asked only for what is there already: an import creates no user. */
  readonly directory: Pick<CljClient, "findByEmail">;
  readonly organizations: Organizations;
  readonly memberships: Memberships;
  readonly speakers: SpeakersStore;
}

/** How many lines are worked on at once: an import must not be in the way of people who sign in. */
const AT_ONCE = 8;

/**
 * What an import would do; reads alone. A line counts only if the directory has exactly this user at exactly this
 * address: a membership is never written for a UUID that nobody vouches for.
 * @throws {CljClientError} when the directory does not answer
 */
export async function planImport(
  members: readonly DeclaredMember[],
  ports: ImportPorts,
  signal: AbortSignal,
): Promise<{ planned: PlannedMember[]; problems: LineProblem[] }> {
  const look = lookups(ports, signal);
  const planned: PlannedMember[] = [];
  const problems: LineProblem[] = [];
  await inBatches(members, async (batch) => {
    const plans = await Promise.all(batch.map((member) => planMember(member, look, ports, signal)));
    for (const plan of plans) {
      if ("problem" in plan) problems.push(plan);
      else planned.push(plan);
    }
  });
  return { planned, problems };
}

export interface ApplyImportPorts extends Pick<ImportPorts, "memberships" | "organizations" | "speakers"> {
  readonly now: () => Date;
  /** Told of what has been written, before more is. */
  readonly report: (created: readonly Membership[]) => Promise<void>;
}

/**
 * Writes what is `new`. May be repeated: after a failure in the middle, the same file finishes the work.
 * @returns every line as it turned out: a login or an operator may have been faster
 */
export async function applyImport(
  planned: readonly PlannedMember[],
  { memberships, organizations, speakers, now, report }: ApplyImportPorts,
  signal: AbortSignal,
): Promise<PlannedMember[]> {
  const turnedOut = new Map(planned.map((member) => [member.index, member]));
  const wanted = planned.filter(({ outcome }) => outcome === "new");
  await inBatches(wanted, async (batch) => {
    const createdAt = now().toISOString();
    const created: Membership[] = [];
    const writes = batch.map(async (member) => {
      const { organizationId, userId, email, role } = member;
      const invitedFromOutside = !(await hasVerified({ id: organizationId }, email, organizations, signal));
      if (!invitedFromOutside && !(await speakInside(member, { organizations, speakers }, signal))) {
        turnedOut.set(member.index, { ...member, outcome: "foreign" });
        return;
      }
      const about = { organizationId, userId, email, role, createdAt, invitedFromOutside };
      const proposed: Membership = { ...about, status: "active", origin: "import" };
      const stored = await memberships.create(proposed, signal);
      if (isDeepStrictEqual(stored, proposed)) created.push(stored);
      else turnedOut.set(member.index, { ...member, ...compare(member, stored) });
    });
    const failed = (await Promise.allSettled(writes)).find(({ status }) => status === "rejected");
    await report(created);
    if (failed?.status === "rejected") throw failed.reason;
  });
  return [...turnedOut.values()];
}

interface Lookups {
  readonly user: (email: CanonicalEmail) => Promise<DirectoryUser | null>;
  readonly exists: (id: OrganizationId) => Promise<boolean>;
}

/** Each question once, however many lines ask it. */
function lookups({ directory, organizations }: ImportPorts, signal: AbortSignal): Lookups {
  const once = <Key, Answer>(ask: (key: Key) => Promise<Answer>) => {
    const answers = new Map<Key, Promise<Answer>>();
    return (key: Key) => {
      const answer = answers.get(key) ?? ask(key);
      answers.set(key, answer);
      return answer;
    };
  };
  return {
    user: once((email) => directory.findByEmail(email, { signal })),
    exists: once(async (id) => (await organizations.find(id, signal)) !== null),
  };
}

async function planMember(
  member: DeclaredMember,
  look: Lookups,
  { memberships, organizations, speakers }: ImportPorts,
  signal: AbortSignal,
): Promise<PlannedMember | LineProblem> {
  const { index, organizationId, userId, email, role } = member;
  const wrong = (problem: string): LineProblem => ({ index, problem: `${nameOf(member)}: ${problem}` });
  const [user, exists] = await Promise.all([look.user(email), look.exists(organizationId)]);
  if (!exists) return wrong("there is no such organization: declare it with `platform-api org apply`");
  if (user === null || parseEmail(user.email) !== email) {
    return wrong("the user directory has nobody at this address: correct it, or leave the line out");
  }
  if (user.id !== userId) {
    return wrong(`the user directory has ${user.id} at this address, not ${userId}: correct one of the two`);
  }
  const stored = await memberships.find(organizationId, userId, signal);
  if (stored !== null) return { ...member, ...compare(member, stored) };
  const invitation = await memberships.findInvitation(organizationId, email, signal);
  if (invitation !== null && invitation.consumedBy === null && invitation.role !== role) {
    return wrong(
      `is invited as ${invitation.role}, and a membership makes the invitation void: import with that role, or withdraw it`,
    );
  }
  const isInside = await hasVerified({ id: organizationId }, email, organizations, signal);
  const organization = isInside ? await organizations.find(organizationId, signal) : null;
  if (organization !== null && afterMembership(await speakers.find(userId, signal), organization) === null) {
    return wrong(
      `came through another organization's SSO: if it is the right person, \`identity allow ${userId} ${organizationId}\` first`,
    );
  }
  return { ...member, outcome: "new", storedRole: null };
}

/** Whether the organization may have the person as a member on its own domain. */
async function speakInside(
  { organizationId, userId }: { organizationId: OrganizationId; userId: UserId },
  { organizations, speakers }: Pick<ImportPorts, "organizations" | "speakers">,
  signal: AbortSignal,
): Promise<boolean> {
  const organization = await organizations.find(organizationId, signal);
  if (organization === null) return false;
  return decideInside(userId, organization, speakers, signal);
}

function compare(
  { role }: DeclaredMember,
  stored: Membership,
): Pick<PlannedMember, "outcome" | "storedRole"> {
  const { role: storedRole, status } = stored;
  if (status === "removed") return { outcome: "removed", storedRole };
  return { outcome: role === storedRole ? "unchanged" : "role-differs", storedRole };
}

async function inBatches<T>(
  items: readonly T[],
  work: (batch: readonly T[]) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < items.length; from += AT_ONCE) await work(items.slice(from, from + AT_ONCE));
}
