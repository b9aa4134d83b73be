import { usePlatform, usePlatformClient } from "@platform-api/client/react";
import { useQuery } from "@tanstack/react-query";
import type { AuditEntry } from "./entry-shape.ts";
import { invitersOf, loadInvitations, namesOf, usersOf } from "./load-names.ts";
import { useCalled } from "./names.ts";
import type { Names } from "./parts.ts";

/** As many as can be open. Who reads on does not pay for those of years. */
const SHOWN_INVITATIONS = 500;
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
  const client = usePlatformClient();
  const hasInvitations = items.some(({ invitationId }) => invitationId !== null);
  const hasConnections = items.some(({ connection }) => connection !== null);
  const { data: connections = [] } = useQuery(
    org.connections.list.queryOptions({ organizationId }, { enabled: hasConnections, staleTime: FRESH_MS }),
  );
  const { data: invitations = [] } = useQuery({
    queryKey: ["audit-invitations", organizationId],
    queryFn: ({ signal }) => loadInvitations(client, { organizationId, atMost: SHOWN_INVITATIONS }, signal),
    enabled: hasInvitations,
    staleTime: FRESH_MS,
  });
  const called = useCalled(organizationId, [
    ...new Set([...(chosen === null ? [] : [chosen]), ...usersOf(items), ...invitersOf(items, invitations)]),
  ]);
  return {
    names: namesOf({ called, connections, invitations }),
    isLoading: (userId) => called.get(userId) === undefined,
  };
}
