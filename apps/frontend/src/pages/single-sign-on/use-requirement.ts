import { usePlatform } from "@platform-api/client/react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { announce } from "../../design/announcer.tsx";
import { focusStep } from "./focus-step.ts";

/** Requires single sign-on, or stops requiring it. What it needs is loaded again after a refusal. */
export function useRequirement(organizationId: string) {
  const platform = usePlatform();
  const queryClient = useQueryClient();
  const { mutate, isPending, error } = useMutation(
    platform.org.update.mutationOptions({
      onSuccess: (updated) => {
        const queryKey = platform.org.get.queryKey({ organizationId });
        queryClient.setQueryData(queryKey, (known) => known && { ...known, ...updated });
        focusStep(4);
        announce(
          updated.enforceSso ? "Single sign-on is now required" : "Single sign-on is not required any more",
        );
      },
      onError: () => queryClient.invalidateQueries({ queryKey: platform.org.pathKey() }),
    }),
  );
  return { isPending, error, set: (enforceSso: boolean) => mutate({ organizationId, enforceSso }) };
}
