import { usePlatform } from "@platform-api/client/react";
import { useQuery } from "@tanstack/react-query";
import { trustedOf } from "./trusted-domains.ts";

const NONE: readonly string[] = [];

/** The domains that the organization has proved. None until they are known: nothing waits for them. */
export function useTrustedDomains(organizationId: string) {
  const options = usePlatform().org.domains.list.queryOptions({ organizationId });
  const { data = NONE, isPending } = useQuery({ ...options, select: trustedOf });
  return { trusted: data, isPending };
}
