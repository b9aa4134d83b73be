import { removeMember } from "../members/members.ts";
import { operatorOf } from "../membership/standing.ts";
import type { OrganizationId } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import type { Holdings, PersonPorts } from "./holdings.ts";
import type { Person } from "./person.ts";

/** What an organization has refused. */
export interface Refused {
  readonly organizationId: OrganizationId;
  readonly refusal: Refusal;
}

/** What has come of the end of somebody's memberships. */
interface Ended {
  readonly ended: readonly OrganizationId[];
  /** Where it stopped; null where nothing was refused. */
  readonly refused: Refused | null;
}

/** Ends those first that may be refused, of an owner, and stops at the first that is: then the others stay as they are. */
export async function endMemberships(
  holdings: Holdings,
  ports: PersonPorts,
  signal: AbortSignal,
): Promise<Ended> {
  const ended: OrganizationId[] = [];
  const ownersFirst = ownMemberships(holdings).sort(
    (one, other) => Number(other.role === "owner") - Number(one.role === "owner"),
  );
  for (const { organizationId } of ownersFirst) {
    try {
      if (await endMembership(organizationId, holdings.person, ports, signal)) ended.push(organizationId);
    } catch (error) {
      if (!isRefused(error)) throw error;
      return { ended, refused: { organizationId, refusal: error } };
    }
  }
  return { ended, refused: null };
}

/** The organizations that the user could not be removed from. Nothing is stored. */
export async function refusals(
  holdings: Holdings,
  ports: PersonPorts,
  signal: AbortSignal,
): Promise<Refused[]> {
  const refused: Refused[] = [];
  const transactions = { ...ports.transactions, commit: async () => true };
  for (const { organizationId } of ownMemberships(holdings)) {
    try {
      await endMembership(organizationId, holdings.person, { ...ports, transactions }, signal);
    } catch (error) {
      if (!isRefused(error)) throw error;
      refused.push({ organizationId, refusal: error });
    }
  }
  return refused;
}

function ownMemberships({ person, found }: Holdings) {
  return found.flatMap(({ kind, value }) =>
    kind === "membership" && value.userId === person.userId ? [value] : [],
  );
}

function isRefused(error: unknown): error is Refusal {
  return error instanceof Refusal && error.reason !== "STORE_UNAVAILABLE";
}

/**
 * As an operator removes a member: what refuses that refuses this.
 * @returns false if the user is not a member
 * @throws {Refusal} as {@link removeMember}
 */
async function endMembership(
  organizationId: OrganizationId,
  { userId }: Person,
  ports: PersonPorts,
  signal: AbortSignal,
): Promise<boolean> {
  const present = await ports.memberships.find(organizationId, userId, signal);
  if (present?.status !== "active") return false;
  const operator = await operatorOf(ports.actor, organizationId, ports.organizations, signal);
  await removeMember(operator, userId, ports, signal);
  return true;
}
