import { includesRole, type Role, type StandingReason, type UserStanding } from "../../wire/index.ts";
import { domainOf } from "../email.ts";
import type { IdentityLink, IdentityLinks, KnownSubject, KnownUser } from "../identity/identity-link.ts";
import type { TrustMode } from "../login/address-trust.ts";
import type { Membership } from "../membership.ts";
import {
  enabledOf,
  enforcesSso,
  isClosed,
  type Organization,
  type OrganizationId,
  type RegisteredConnection,
  type Timed,
} from "../organization.ts";
import { refusal } from "../refusal.ts";
import { secondsOf } from "../revocation/facts.ts";
import { blockerOf } from "../revocation/rule.ts";
import type { LoginId } from "../subject-key.ts";
import type { UserId } from "../user-id.ts";
import type { MembershipPorts } from "./memberships.ts";

/** Work that a user has begun, as a service asks about it. */
export interface BegunWork {
  readonly userId: UserId;
  /** Null for an id that no organization can have. */
  readonly organizationId: OrganizationId | null;
  /** That the work needs. */
  readonly role: Role;
  /** When the token was issued that the work was begun with, in whole seconds since the epoch. */
  readonly since: number;
  /** The login of that token; null for a legacy token, and where the service does not say. */
  readonly loginId: LoginId | null;
}

/** Cached as everywhere. */
interface StandingPorts extends Pick<MembershipPorts, "organizations" | "trustMode" | "now"> {
  readonly memberships: Pick<MembershipPorts["memberships"], "find">;
  readonly links: Pick<IdentityLinks, "findUser" | "findLogin">;
}

/** What the work names, as it was read. Null for what is not stored, and for a login that it does not name. */
interface Named extends Timed {
  readonly membership: Membership | null;
  readonly organization: Organization | null;
  readonly user: KnownUser;
  readonly login: KnownSubject | null;
}

/** The same, and what that names. */
interface Ground extends Named {
  /** That the login was linked through; null for none that was ever registered. */
  readonly connection: RegisteredConnection | null;
  /** The organizations that have verified the domain of the member's address; none where that does not decide. */
  readonly verifiers: readonly Organization[];
  readonly trustMode: TrustMode;
}

/** By how much the clock of the process that has verified the token may be ahead. */
const CLOCK_TOLERANCE_SECONDS = 30;

/**
 * Whether work may go on without the user who has begun it, of each in its order: by what decides whether a token of theirs is
 * accepted, but that a logout ends no work. Two rounds of reads, whatever the number.
 * @throws {Refusal} INPUT_INVALID for a time that is not one of the server's; STORE_UNAVAILABLE
 */
export async function standingsOf(
  works: readonly BegunWork[],
  ports: StandingPorts,
  signal: AbortSignal,
): Promise<readonly UserStanding[]> {
  const latest = secondsOf(ports.now()) + CLOCK_TOLERANCE_SECONDS;
  for (const [index, { since }] of works.entries())
    if (!(since <= latest))
      throw refusal("INPUT_INVALID", `of.${index}.since: it is later than the server's time`);
  const read = await Promise.all(
    works.map(async (work) => ({ work, named: await readNamed(work, ports, signal) })),
  );
  return Promise.all(
    read.map(async ({ work, named }) => standingOf(work, await readGround(work, named, ports, signal))),
  );
}

/** The rule, decided on what was read. */
export function standingOf(
  work: Omit<BegunWork, "organizationId" | "loginId">,
  ground: Ground,
): UserStanding {
  const { role, since } = work;
  const member = memberOf(work, ground);
  if (member === null) return ended("NOT_A_MEMBER");
  const { membership, organization, link } = member;
  if (membership.status === "removed") return ended("MEMBERSHIP_REMOVED");
  if (!includesRole(membership.role, role)) return ended("ROLE_REQUIRED");
  const { user, login } = ground;
  const facts = login?.facts ?? null;
  if (user.isBlocked || blockerOf(facts) !== null) return ended("IDENTITY_BLOCKED");
  if (since <= Math.max(facts?.notBefore ?? -1, user.signOut?.notBefore ?? -1)) return ended("TOKEN_REVOKED");
  const counts =
    !enforcesSso(organization, ground) || isOwn(organization, ground) || isExempt(membership, ground);
  if (isTakenAway(link, ground) || !counts) return ended("SSO_REQUIRED");
  return { standing: "active", role: membership.role };
}

/** Null alike for an unknown organization, an unknown user, and a login that is not theirs: nobody learns who exists. */
function memberOf({ userId }: Pick<BegunWork, "userId">, named: Named) {
  const { membership, organization, login } = named;
  if (membership === null || organization === null || isClosed(organization, named)) return null;
  if (login === null) return { membership, organization, link: null };
  const { link } = login;
  return link?.userId === userId ? { membership, organization, link } : null;
}

/** Whether the login's connection is not the one any more that it was linked through: off, or another organization's. */
function isTakenAway(
  link: IdentityLink | null,
  { connection, trustMode }: Pick<Ground, "connection" | "trustMode">,
): boolean {
  if (link === null) return false;
  const { organizationId } = link;
  if (connection === null) return organizationId !== null && trustMode === "enforce";
  if (organizationId !== null && connection.organizationId !== organizationId) return true;
  return connection.state !== "enabled" && trustMode === "enforce"; // report mode accepts the tokens of such a login, too
}

function isOwn({ id }: Organization, { connection }: Pick<Ground, "connection">): boolean {
  return enabledOf(connection)?.organizationId === id;
}

/** As {@link membershipCounts} says. */
function isExempt(
  { organizationId, invitedFromOutside }: Membership,
  { verifiers }: Pick<Ground, "verifiers">,
): boolean {
  return invitedFromOutside && !verifiers.some(({ id }) => id === organizationId);
}

async function readNamed(
  { userId, organizationId, loginId }: BegunWork,
  { memberships, organizations, links, now }: StandingPorts,
  signal: AbortSignal,
): Promise<Named> {
  const [membership, organization, user, login] = await Promise.all([
    organizationId === null ? null : memberships.find(organizationId, userId, signal),
    organizationId === null ? null : organizations.find(organizationId, signal),
    links.findUser(userId, signal),
    loginId === null ? null : links.findLogin(loginId, signal),
  ]);
  return { membership, organization, user, login, now };
}

/** Nothing beside what the work names is read for NOT_A_MEMBER, whatever its cause. */
async function readGround(
  work: BegunWork,
  named: Named,
  { organizations, trustMode }: StandingPorts,
  signal: AbortSignal,
): Promise<Ground> {
  const member = memberOf(work, named);
  if (member === null) return { ...named, connection: null, verifiers: [], trustMode };
  const { membership, organization, link } = member;
  const { invitedFromOutside, email } = membership;
  const mayBeExempt = invitedFromOutside && email !== null && enforcesSso(organization, named);
  const [connection, verifiers] = await Promise.all([
    link === null ? null : organizations.findConnection(link.connection, signal),
    mayBeExempt ? organizations.listByDomain(domainOf(email), signal) : [],
  ]);
  return { ...named, connection, verifiers, trustMode };
}

function ended(reason: StandingReason): UserStanding {
  return { standing: "ended", reason };
}
