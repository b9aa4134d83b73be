import {
  type OptimisticRows,
  type Pages,
  useOptimisticRows,
  usePages,
  usePlatform,
  usePlatformClient,
} from "@platform-api/client/react";
import { byAddress, type Invitation } from "./invitation.ts";

const NO_ROWS: readonly Invitation[] = [];
/** The most that the server gives at a time. */
export const PAGE_SIZE = 100;

/** The invitations of an organization, by address, with the changes that are shown before the server has listed them. */
export function useInvitations(organizationId: string): OptimisticRows<Invitation> & {
  readonly pages: Pages<Invitation>;
} {
  const client = usePlatformClient();
  const queryKey = useInvitationsKey(organizationId);
  const pages = usePages<Invitation>({
    queryKey,
    load: (at, signal) =>
      client.org.invitations.list.query({ organizationId, limit: PAGE_SIZE, ...at }, { signal }),
  });
  return { ...useOptimisticRows({ queryKey, rows: pages.items, idOf, compare: byAddress }), pages };
}

/** For changes alone, where the list is not shown. */
export function useInvitationChanges(
  organizationId: string,
): Pick<OptimisticRows<Invitation>, "change" | "dismiss"> {
  const queryKey = useInvitationsKey(organizationId);
  return useOptimisticRows({ queryKey, rows: NO_ROWS, idOf, compare: byAddress });
}

export function useInvitationsKey(organizationId: string) {
  return usePlatform().org.invitations.list.infiniteQueryKey({ organizationId });
}

/** An address has one invitation. Its id is not known before the list has been loaded. */
export function idOf({ email }: Invitation): string {
  return email;
}
