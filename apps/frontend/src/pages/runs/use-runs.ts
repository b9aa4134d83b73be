import { useMemo } from "react";
import { useApp } from "../../app/session/app-context.ts";
import { createRuns, type Runs } from "./runs-client.ts";

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
