import { usePlatform } from "@platform-api/client/react";
import { useQuery } from "@tanstack/react-query";
import { ownerText } from "./person-text.ts";

/** What a member is called. Null for nobody, and until it is known. */
export function usePerson(organizationId: string, userId: string | null): string | null {
  const { org } = usePlatform();
  const userIds = userId === null ? [] : [userId];
  const { data } = useQuery(
    org.members.lookup.queryOptions({ organizationId, userIds }, { enabled: userId !== null }),
  );
  const [found] = data ?? [];
  return found === undefined ? null : ownerText(found);
}
