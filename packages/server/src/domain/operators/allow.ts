import { type AuditEntry, auditEntry } from "../audit.ts";
import { allowed, isUnclaimed, revived, type Speakers, speakersWrites } from "../identity/speakers.ts";
import { type OrganizationId, requireOrganization } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import { type Changes, transact } from "../transaction.ts";
import type { UserId } from "../user-id.ts";
import type { Administration } from "./administration.ts";
import { requireKnownUser } from "./user-overview.ts";

/** Whose SSO is to speak for a user. */
export interface Allowance {
  readonly userId: UserId;
  /** Null for a login that is not SSO. */
  readonly organizationId: OrganizationId | null;
}

/**
 * Who may speak for the user now, for the operator to judge; changes nothing.
 * @throws {Unknown} the organization or the user
 * @throws {Refusal} CONFLICT for who was erased: an organization has many sign-ins, and a relink names the right one
 */
export async function planAllowance(
  { userId, organizationId }: { userId: UserId; organizationId: OrganizationId },
  ports: Administration,
  signal: AbortSignal,
): Promise<Speakers> {
  await requireOrganization(organizationId, ports.organizations, signal);
  const present = await ports.speakers.find(userId, signal);
  refuseErased(present);
  if (isUnclaimed(present)) await requireKnownUser(userId, ports, signal);
  return present;
}

/**
 * Lets the organization's SSO speak for the user from now on, and no other: an operator's decision in a conflict.
 * @returns whether anything had to be changed
 */
export function allowOrganization(
  allowance: Allowance,
  ports: Administration,
  signal: AbortSignal,
): Promise<boolean> {
  const by = { at: ports.now().toISOString(), actor: ports.actor };
  const read = () => readAllowance(allowance, ports, signal);
  const decide = (ground: AllowanceGround) => {
    refuseErased(ground.speakers);
    const changes = allowanceChanges(ground, by);
    return { changes, result: changes !== null };
  };
  return transact({ read, decide }, ports.transactions, signal);
}

function refuseErased({ erasedAt }: Speakers): void {
  if (erasedAt === null) return;
  const hint = "the user was erased: only `identity relink` brings them back";
  throw new Refusal("CONFLICT", "nobody speaks for a user who was erased", { hint });
}

/** What an allowance is decided on. */
export interface AllowanceGround extends Pick<Allowance, "organizationId"> {
  readonly speakers: Speakers;
  /** The organizations inside that trust the allowed one. None trusts a login through no organization. */
  readonly trusting: ReadonlySet<OrganizationId>;
}

export async function readAllowance(
  { userId, organizationId }: Allowance,
  { speakers: known, organizations }: Pick<Administration, "speakers" | "organizations">,
  signal: AbortSignal,
): Promise<AllowanceGround> {
  const speakers = await known.find(userId, signal);
  const inside = speakers.inside.map((each) => each.organizationId);
  const found = await organizations.findMany(inside, signal);
  const trusting = found.filter(({ trusts }) => trusts.some((each) => each === organizationId));
  return { organizationId, speakers, trusting: new Set(trusting.map(({ id }) => id)) };
}

/**
 * Such a decision brings a user back who was erased.
 * @param by who decides, and when
 * @returns null where the organization speaks for the user already
 */
export function allowanceChanges(
  { organizationId, speakers, trusting }: AllowanceGround,
  by: Pick<AuditEntry, "at" | "actor">,
): Changes | null {
  const next = allowed(revived(speakers), { organizationId, trusting, at: by.at });
  if (next === speakers) return null;
  const { userId } = speakers;
  const entry = auditEntry({ ...by, action: "identity-allowed", userId, organizationId });
  return { writes: speakersWrites(next, speakers), unchanged: [], audit: [entry] };
}
