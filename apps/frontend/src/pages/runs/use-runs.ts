import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { POLL_MS, pollAfter } from "../../app/problems/polling.ts";
import { useApp } from "../../app/session/app-context.ts";
import { isFinal } from "./run-status.tsx";
import { createRuns, type Run, type RunAction, type Runs } from "./runs-client.ts";

/** How soon a stream that has ended is opened again. */
const FOLLOW_AGAIN_MS = 1_000;

/** The client for the runs of the user in an organization. */
export function useRuns(organizationId: string): Runs {
  const { config, token } = useApp();
  return useMemo(
    () => createRuns(config.agenticBackendUrl, token, organizationId),
    [config, token, organizationId],
  );
}

/** Under which key the query client keeps a run. */
export const runKey = (organizationId: string, id: string) => ["run", organizationId, id] as const;

/** A run, followed until it is final. The query fetches for as long as its stream is open. */
export function useRun(organizationId: string, id: string) {
  const runs = useRuns(organizationId);
  const queryClient = useQueryClient();
  const queryKey = runKey(organizationId, id);
  return useQuery({
    queryKey,
    queryFn: ({ signal }) => runs.follow(id, (run) => queryClient.setQueryData<Run>(queryKey, run), signal),
    refetchInterval: ({ state: { data, error } }) => {
      if (error !== null || data === undefined) return pollAfter(error);
      if (isFinal(data)) return false;
      return data.status === "failed" ? POLL_MS : FOLLOW_AGAIN_MS;
    },
  });
}

interface Act {
  readonly action: RunAction;
  /** The run as the user saw it. */
  readonly seen: Run;
}

/** What the user does to a run, one thing at a time. What becomes of it comes with the stream, in its order. */
export function useActing(organizationId: string, id: string) {
  const runs = useRuns(organizationId);
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ action }: Act) => runs.act(id, action),
    onSuccess() {
      const queryKey = runKey(organizationId, id);
      void queryClient.invalidateQueries({ queryKey }, { cancelRefetch: false });
      void queryClient.invalidateQueries({ queryKey: ["runs", organizationId] });
    },
  });
}

export type Acting = ReturnType<typeof useActing>;
