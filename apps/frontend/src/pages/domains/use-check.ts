import { usePlatformClient } from "@platform-api/client/react";
import { useQuery } from "@tanstack/react-query";
import { useContext, useEffect, useRef, useState } from "react";
import { errorReason } from "../../app/problems/error-reason.ts";
import { pollAfter } from "../../app/problems/polling.ts";
import { BehindProblem } from "../../app/routing/page.tsx";
import { checkIntervalMs } from "./check-interval.ts";
import type { DomainChanges } from "./use-domains.ts";

export interface CheckOptions {
  readonly organizationId: string;
  readonly domain: string;
  /** Whether the record is looked for again and again, while the page is visible. */
  readonly isLive: boolean;
  /** How many domains are looked for so. */
  readonly liveDomains: number;
  readonly changes: DomainChanges;
}

export interface Check {
  /** Why the last check failed. Null if it did not. */
  readonly error: unknown;
  /** How long until the next check, in milliseconds. Null if only the user checks. */
  readonly everyMs: number | null;
  /** Whether a check that the user asked for is in progress. */
  readonly isAsked: boolean;
  /** Looks for the record now. */
  checkNow(): Promise<void>;
}

/** Looks for the record of a domain. What it finds is written into the list. */
export function useCheck({ organizationId, domain, isLive, liveDomains, changes }: CheckOptions): Check {
  const client = usePlatformClient();
  const isHidden = useContext(BehindProblem);
  const [isAsked, setAsked] = useState(false);
  const watchedMs = useWatchedMs();
  const interval = () => checkIntervalMs({ watchedMs: watchedMs(), domains: liveDomains });
  const query = useQuery({
    queryKey: ["domain-check", organizationId, domain],
    // An error is an outcome like any other. As the query's own it would be lost while the next check is on its way.
    queryFn: async ({ signal }): Promise<{ readonly error: unknown }> => {
      try {
        await changes.replace(await client.org.domains.check.mutate({ organizationId, domain }, { signal }));
        return { error: null };
      } catch (error) {
        if (errorReason(error) === "NOT_FOUND") await changes.reload();
        return { error };
      }
    },
    enabled: isLive && !isHidden,
    refetchInterval: ({ state }) => {
      const error = state.data?.error ?? null;
      const after = pollAfter(error, interval());
      return after && Math.max(after, interval());
    },
  });
  const checkNow = async () => {
    setAsked(true);
    await query.refetch();
    setAsked(false);
  };
  return { error: query.data?.error ?? null, everyMs: isLive ? interval() : null, isAsked, checkNow };
}

/** For how long the user has been looking at the page since they last came to it. */
function useWatchedMs(): () => number {
  const since = useRef(Date.now());
  useEffect(() => {
    const restart = () => {
      if (!document.hidden) since.current = Date.now();
    };
    document.addEventListener("visibilitychange", restart);
    return () => document.removeEventListener("visibilitychange", restart);
  }, []);
  return () => Date.now() - since.current;
}
