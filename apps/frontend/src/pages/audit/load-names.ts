import type { PlatformClient } from "@platform-api/client";
import { loadAll } from "../../app/files/load-all.ts";
import { type Called, calledOf, unknown } from "./called.ts";
import { type AuditEntry, userOfActor } from "./entry-shape.ts";
import { MOST_IDS } from "./names.ts";
import type { Names } from "./parts.ts";

const PAGE = 100;

interface Found {
  readonly called: ReadonlyMap<string, Called | null | undefined>;
  readonly connections: readonly { readonly name: string; readonly displayName: string }[];
  readonly invitations: readonly Invitation[];
}

interface Invitation {
  readonly invitationId: string;
  readonly email: string;
  readonly invitedBy: string | null;
}

export function namesOf({ called, connections, invitations }: Found): Names {
  const displayNames = new Map(connections.map(({ name, displayName }) => [name, displayName]));
  const sent = new Map(invitations.map((each) => [each.invitationId, each]));
  return {
    user: (userId) => called.get(userId) ?? unknown(userId),
    invitee: (invitationId) => sent.get(invitationId)?.email ?? "someone",
    inviter: (invitationId) => sent.get(invitationId)?.invitedBy ?? null,
    connection: (name) => displayNames.get(name) ?? name,
  };
}

/** The users whom entries name, each once. */
export function usersOf(entries: readonly AuditEntry[]): readonly string[] {
  const named = entries.flatMap(({ actor, userId }) => [userOfActor(actor), userId]);
  return [...new Set(named)].filter((userId) => userId !== null);
}

/** Who sent the invitations that entries name. */
export function invitersOf(
  entries: readonly AuditEntry[],
  invitations: readonly Invitation[],
): readonly string[] {
  const named = new Set(entries.map(({ invitationId }) => invitationId));
  return invitations.flatMap(({ invitationId, invitedBy }) =>
    invitedBy !== null && named.has(invitationId) ? [invitedBy] : [],
  );
}

/** The invitations of an organization. */
export async function loadInvitations(
  { org }: Pick<PlatformClient, "org">,
  { organizationId, atMost }: { readonly organizationId: string; readonly atMost?: number },
  signal: AbortSignal,
) {
  const load = (at: { readonly cursor?: string }) =>
    org.invitations.list.query({ organizationId, limit: PAGE, ...at }, { signal });
  const { items } = await loadAll({
    load,
    onProgress: () => {},
    signal,
    ...(atMost !== undefined && { atMost }),
  });
  return items;
}

/** All that entries of an organization name, for a file. */
export async function loadNames(
  { org }: Pick<PlatformClient, "org">,
  { organizationId, entries }: { readonly organizationId: string; readonly entries: readonly AuditEntry[] },
  signal: AbortSignal,
): Promise<Names> {
  const called = new Map<string, Called>();
  const users = usersOf(entries);
  for (let from = 0; from < users.length; from += MOST_IDS) {
    const userIds = users.slice(from, from + MOST_IDS);
    const found = await org.members.lookup.query({ organizationId, userIds }, { signal });
    for (const each of found) called.set(each.userId, calledOf(each));
  }
  const hasInvitations = entries.some(({ invitationId }) => invitationId !== null);
  const invitations = hasInvitations ? await loadInvitations({ org }, { organizationId }, signal) : [];
  const connections = await org.connections.list.query({ organizationId }, { signal });
  return namesOf({ called, connections, invitations });
}
