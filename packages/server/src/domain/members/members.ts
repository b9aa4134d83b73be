import type { Role } from "../../wire/index.ts";
import { type AuditAction, differenceOf } from "../audit.ts";
import { domainOf } from "../email.ts";
import type { Identity } from "../identity/resolve-identity.ts";
import { afterMembership, type SpeakersStore, speakersWrites } from "../identity/speakers.ts";
import { removedFrom } from "../membership/access.ts";
import { hasVerified, type MembershipRegistry } from "../membership/memberships.ts";
import { isOwner, ownersWrite } from "../membership/owners.ts";
import { type Administrator, entryBy, mayActOn, mayGrant, type Standing } from "../membership/standing.ts";
import { missingWithoutOwner, type WayInPorts } from "../membership/ways-in.ts";
import { changed, type MemberChange, type Membership } from "../membership.ts";
import { type ChangePorts, findOrganization, type Organization } from "../organization.ts";
import { Refusal, refusal } from "../refusal.ts";
import { storing, transact, type Write } from "../transaction.ts";
import type { UserId } from "../user-id.ts";

/** The stores without a cache that members are read from and written to. */
export interface MemberPorts extends WayInPorts, ChangePorts {
  readonly memberships: MembershipRegistry;
  readonly speakers: SpeakersStore;
}

/**
 * Gives a member another role. Only this verb and an invitation make owners.
 * @param expectedRole what the caller has seen; null for whatever it is
 * @throws {Refusal} NOT_FOUND for somebody who was never a member; ROLE_REQUIRED by the rank of the administrator;
 * CONFLICT for a removed member, or where the role is not the expected one; LAST_OWNER; LIMIT_REACHED; NOT_READY also
 * where SSO is enforced and no other owner could sign in
 */
export async function setRole(
  administrator: Administrator,
  { userId, role, expectedRole }: { userId: UserId; role: Role; expectedRole: Role | null },
  ports: MemberPorts,
  signal: AbortSignal,
): Promise<Membership> {
  const about = { userId, action: "role-changed" } as const;
  return change(administrator, about, ports, signal, (present) => {
    if (!mayGrant(administrator, role)) throw tooSmallFor("grant this role");
    if (present.status === "active" && present.role === role) return null;
    if (present.status === "removed") throw conflict("the member was removed; restore them first");
    if (expectedRole !== null && present.role !== expectedRole)
      throw conflict("the role is not what you saw; reload");
    return { role };
  });
}

/**
 * Removes a member. No login undoes this, only {@link restoreMember}.
 * @throws {Refusal} NOT_FOUND, ROLE_REQUIRED, LAST_OWNER, NOT_READY as {@link setRole}
 */
export async function removeMember(
  administrator: Administrator,
  userId: UserId,
  ports: MemberPorts,
  signal: AbortSignal,
): Promise<Membership> {
  const about = { userId, action: "membership-removed" } as const;
  return change(administrator, about, ports, signal, ({ status }) =>
    status === "removed" ? null : { status: "removed", removedBy: administrator.userId },
  );
}

/**
 * Makes a removed member active again with their previous role, at most admin.
 * @throws {Refusal} NOT_FOUND, ROLE_REQUIRED as {@link setRole}; CONFLICT for who left by themselves or was erased;
 * IDENTITY_CONFLICT when another organization's SSO speaks for the user by now
 */
export async function restoreMember(
  administrator: Administrator,
  userId: UserId,
  ports: MemberPorts,
  signal: AbortSignal,
): Promise<Membership> {
  const about = { userId, action: "membership-restored" } as const;
  return change(administrator, about, ports, signal, ({ status, role, leftAt, email }) => {
    if (status === "active") return null;
    if (leftAt !== null) throw conflict("they left by themselves; invite them instead");
    if (email === null) throw conflict(ERASED);
    return { status: "active", role: role === "owner" ? "admin" : role, removedBy: null };
  });
}

/**
 * Ends one's own membership.
 * @throws {Refusal} LAST_OWNER, NOT_READY as {@link setRole}; MEMBERSHIP_REMOVED or NOT_A_MEMBER for who was removed
 * meanwhile: they have not left, so an administrator may restore them
 */
export async function leave(
  standing: Standing<"member">,
  identity: Pick<Identity, "userId" | "claims" | "login">,
  ports: MemberPorts,
  signal: AbortSignal,
): Promise<void> {
  const about = { userId: identity.userId, action: "membership-left" } as const;
  await change(standing, about, ports, signal, ({ status, leftAt }, at) => {
    if (status === "active") return { status: "removed", leftAt: at };
    if (leftAt === null) throw removedFrom(standing.organization, identity, ports);
    return null;
  });
}

/** Without an address nobody can say whose SSO speaks for them, nor who would come back. */
const ERASED = "their data was erased; they can only come back by an invitation";

interface About {
  readonly userId: UserId;
  readonly action: AuditAction;
}

/** What a change of a member is decided on. */
interface State {
  readonly present: Membership;
  /** The member after the change; null where it holds already. */
  readonly next: Membership | null;
  /** With its owners; null where they stay as they are. */
  readonly organization: Organization | null;
  /** What would be missing without this owner; null for nothing. */
  readonly missing: string | null;
  /** What it changes of who speaks for the user; null if another organization does. */
  readonly spoken: readonly Write[] | null;
  readonly at: string;
}

/**
 * Changes a member, records it, and stores with it what else changes: the owners of the organization, and who speaks for
 * the user. What holds already is answered as it is.
 * @param wanted what to change on the present membership; null where it holds already
 */
async function change(
  standing: Standing<"member">,
  { userId, action }: About,
  ports: MemberPorts,
  signal: AbortSignal,
  wanted: (present: Membership, at: string) => MemberChange | null,
): Promise<Membership> {
  const isOwn = action === "membership-left"; // no rank protects one's own
  const read = async (): Promise<State> => {
    const present = await ports.memberships.find(standing.organization.id, userId, signal);
    if (present === null) throw new Refusal("NOT_FOUND", "the user was never a member of the organization");
    if (!isOwn && !mayActOn(standing, present)) throw tooSmallFor("act on this member");
    const at = ports.now().toISOString();
    const fields = wanted(present, at);
    const next = fields === null ? null : changed(present, fields, at);
    return { present, next, at, ...(await readOthers(present, next ?? present, standing, ports, signal)) };
  };
  const decide = ({ present, next, organization, missing, spoken, at }: State) => {
    if (next === null) return { changes: null, result: present };
    if (spoken === null)
      throw new Refusal("IDENTITY_CONFLICT", "another organization's SSO speaks for this user");
    const owners = organization === null ? [] : [ownersWrite(organization, next)];
    if (missing !== null) throw refusal("NOT_READY", missing);
    const difference = differenceOf(["role", "status"], present, next);
    const entry = entryBy(standing, { at, action, userId, ...difference });
    return storing([{ item: "membership", next, present }, ...owners, ...spoken], [entry], next);
  };
  return transact({ read, decide }, ports.transactions, signal);
}

/** What else a change from `present` to `next` relies on. */
async function readOthers(
  present: Membership,
  next: Membership,
  { organization }: Pick<Standing<"member">, "organization">,
  ports: MemberPorts,
  signal: AbortSignal,
): Promise<Pick<State, "organization" | "missing" | "spoken">> {
  const isRestored = present.status === "removed" && next.status === "active";
  const spoken = isRestored ? await spokenFor(organization, present, ports, signal) : [];
  if (isOwner(present) === isOwner(next)) return { organization: null, missing: null, spoken };
  const stored = await findOrganization(organization.id, ports, signal);
  const missing = isOwner(next) ? null : await missingWithoutOwner(next.userId, stored, ports, signal);
  return { organization: stored, missing, spoken };
}

/**
 * Who is restored is inside if the domain of their address is the organization's now. Nobody was asked, so somebody who was
 * inside a domain that it gave up must not be another holder's user either.
 */
async function spokenFor(
  organization: Organization,
  { userId, email, invitedFromOutside }: Membership,
  { speakers, organizations }: MemberPorts,
  signal: AbortSignal,
): Promise<readonly Write[] | null> {
  if (email === null) return null;
  const [present, isInside] = await Promise.all([
    speakers.find(userId, signal),
    hasVerified(organization, email, organizations, signal),
  ]);
  if (present.erasedAt !== null) throw conflict(ERASED);
  const next = afterMembership(present, { organization, domain: domainOf(email) });
  if (next === null) return invitedFromOutside && !isInside ? [] : null;
  return isInside ? speakersWrites(next, present) : [];
}

function tooSmallFor(what: string): Refusal {
  return new Refusal("ROLE_REQUIRED", `the rank is too small to ${what}`);
}

function conflict(hint: string): Refusal {
  return new Refusal("CONFLICT", "the member is not in the expected state", { hint });
}
