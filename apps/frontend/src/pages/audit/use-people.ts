import { usePlatform } from "@platform-api/client/react";
import { useQuery } from "@tanstack/react-query";
import type { AuditEntry } from "./entry-shape.ts";
import { namesOf, usersOf } from "./load-names.ts";
import { useCalled } from "./names.ts";
import type { Names } from "./parts.ts";

/** Of these many invitations the page shows the addresses. */
const SHOWN_INVITATIONS = 100;
const FRESH_MS = 60_000;

export interface People {
  readonly names: Names;
  readonly isLoading: (userId: string) => boolean;
}

/**
 * What the people of the entries are called.
 * @param chosen another user whose name is shown; null for none
 */
export function usePeople(
  organizationId: string,
  items: readonly AuditEntry[],
  chosen: string | null,
): People {
  const { org } = usePlatform();
  const called = useCalled(organizationId, [
    ...new Set([...(chosen === null ? [] : [chosen]), ...usersOf(items)]),
  ]);
  const hasInvitations = items.some(({ invitationId }) => invitationId !== null);
  const hasConnections = items.some(({ connection }) => connection !== null);
  const { data: connections = [] } = useQuery(
    org.connections.list.queryOptions({ organizationId }, { enabled: hasConnections, staleTime: FRESH_MS }),
  );
  const { data: invitations } = useQuery(
    org.invitations.list.queryOptions(
      { organizationId, limit: SHOWN_INVITATIONS },
      { enabled: hasInvitations, staleTime: FRESH_MS },
    ),
  );
  return {
    names: namesOf({ called, connections, invitations: invitations?.items ?? [] }),
    isLoading: (userId) => called.get(userId) === undefined,
  };
}
