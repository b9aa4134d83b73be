import type { Member } from "@platform-api/client";
import { usePlatform } from "@platform-api/client/react";
import { useQuery, useQueryClient } from "@tanstack/react-query";

/** Whether the organization has a single owner, who therefore has to stay one. */
export function useOnlyOwner(organizationId: string, rows: readonly Member[]) {
  const options = usePlatform().org.get.queryOptions({ organizationId });
  const queryClient = useQueryClient();
  const owners = useQuery(options).data?.owners;
  const visible = rows.filter(({ role, status }) => role === "owner" && status === "active");
  return {
    isOnlyOwner: owners?.length === 1 && visible.length <= 1,
    reloadOwners: () => void queryClient.invalidateQueries({ queryKey: options.queryKey }),
  };
}
