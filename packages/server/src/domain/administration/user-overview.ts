import type { IdentityLink, SubjectKey } from "../identity/identity-link.ts";
import { SubjectNotLinked } from "../identity/known-user.ts";
import type { IdentityRegistry } from "../identity/relink.ts";
import type { Speakers, SpeakersStore } from "../identity/speakers.ts";
import type { Membership, Memberships } from "../membership/membership.ts";
import type { UserId } from "../user-id.ts";

/** Everything that is stored about a user. */
export interface UserOverview {
  readonly userId: UserId;
  readonly blocked: boolean;
  readonly links: readonly (IdentityLink & { readonly holdsSeat: boolean })[];
  readonly memberships: readonly Membership[];
  /** Who may speak for the user. */
  readonly speakers: Omit<Speakers, "userId">;
}

export interface UserOverviewPorts {
  readonly identities: IdentityRegistry;
  readonly memberships: Pick<Memberships, "listByUser">;
  readonly speakers: Pick<SpeakersStore, "find">;
}

/** @throws {SubjectNotLinked} with the seats that the subject holds all the same */
export async function describeSubject(
  key: SubjectKey,
  ports: UserOverviewPorts,
  signal: AbortSignal,
): Promise<UserOverview> {
  const { identities } = ports;
  const link = await identities.find(key, signal);
  if (link === null) throw new SubjectNotLinked(key, await identities.listSeats(key, signal));
  return overviewOf(link.userId, link, ports, signal);
}

/** Links of the last second may be missing. */
export function describeUser(
  userId: UserId,
  ports: UserOverviewPorts,
  signal: AbortSignal,
): Promise<UserOverview> {
  return overviewOf(userId, null, ports, signal);
}

/** @param own a link of the user that the index may not know yet */
async function overviewOf(
  userId: UserId,
  own: IdentityLink | null,
  { identities, memberships, speakers }: UserOverviewPorts,
  signal: AbortSignal,
): Promise<UserOverview> {
  const links = [...(await identities.listByUser(userId, signal))];
  if (own !== null && !links.some(({ subject }) => subject === own.subject)) links.push(own);
  const seated = links.map(async (link) => {
    const seat = await identities.findSeat(link, signal);
    return { ...link, holdsSeat: seat?.subject === link.subject };
  });
  const { userId: _, ...spoken } = await speakers.find(userId, signal);
  return {
    userId,
    blocked: await identities.isBlocked(userId, signal),
    links: await Promise.all(seated),
    memberships: await memberships.listByUser(userId, signal),
    speakers: spoken,
  };
}
