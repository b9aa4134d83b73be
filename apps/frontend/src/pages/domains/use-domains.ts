import { usePlatform, usePlatformClient } from "@platform-api/client/react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { pollAfter, useSteadyError } from "../../app/problems/polling.ts";
import type { Domain } from "../../organization/trusted-domains.ts";
import { withDomain, withNewerChecks, without } from "./domain.ts";

/** The index behind the list lags behind a change by up to a second. */
const LAG_MS = 2_000;
/** Colleagues may add and release domains, too. */
const LIST_POLL_MS = 30_000;

/** Writes what the server has answered into the list, which itself would show it a second later. */
export interface DomainChanges {
  add(domain: Domain): Promise<void>;
  /** Does nothing for a domain that has been released meanwhile. */
  replace(domain: Domain): Promise<void>;
  remove(domain: string): Promise<void>;
  reload(): Promise<void>;
}

export function useDomains(organizationId: string) {
  const client = usePlatformClient();
  const queryClient = useQueryClient();
  const queryKey = usePlatform().org.domains.list.queryKey({ organizationId });
  const query = useQuery({
    queryKey,
    queryFn: async ({ signal }) => {
      const loaded = await client.org.domains.list.query({ organizationId }, { signal });
      return withNewerChecks(loaded, queryClient.getQueryData<Domain[]>(queryKey));
    },
    staleTime: LAG_MS,
    refetchInterval: ({ state }) => pollAfter(state.error, LIST_POLL_MS),
  });
  return {
    domains: query.data,
    error: useSteadyError(query),
    isTrying: query.isFetching,
    tryNow: query.refetch,
  };
}

export function useDomainChanges(organizationId: string): DomainChanges {
  const queryClient = useQueryClient();
  const queryKey = usePlatform().org.domains.list.queryKey({ organizationId });
  return useMemo(() => {
    const reload = () => queryClient.invalidateQueries({ queryKey });
    const change = async (next: (known: readonly Domain[]) => Domain[]) => {
      if (queryClient.getQueryData<Domain[]>(queryKey) === undefined) return reload();
      // A list that is being loaded does not know the change.
      await queryClient.cancelQueries({ queryKey });
      queryClient.setQueryData<Domain[]>(queryKey, (known = []) => next(known));
    };
    return {
      add: (domain) => change((known) => withDomain(known, domain)),
      replace: (domain) =>
        change((known) => known.map((each) => (each.domain === domain.domain ? domain : each))),
      remove: (domain) => change((known) => without(known, domain)),
      reload,
    };
  }, [queryClient, queryKey]);
}
