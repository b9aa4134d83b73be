import { usePlatform, usePlatformClient } from "@platform-api/client/react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { errorReason } from "../app/problems/error-reason.ts";
import { announce } from "../design/announcer.tsx";
import { exactTime } from "../design/text/time-ago.tsx";
import { refusalOf } from "./member-refusal.ts";
import { useStanding } from "./use-me.ts";

type Named = { readonly id: string; readonly name: string };

/** Asks for the end of an organization, or tells its owners of it again. @param onClosing called once it is coming */
export function useClose({ id, name }: Named, onClosing: () => void = () => {}) {
  const client = usePlatformClient();
  const reload = useReload(id);
  return useMutation({
    mutationFn: (typed: string) => client.org.close.mutate({ organizationId: id, name: typed }),
    onSuccess: async ({ closing }) => {
      onClosing();
      await reload();
      if (closing !== null) announce(`${name} closes on ${exactTime(closing.closesAt)}`);
    },
    onError: reload,
  });
}

/** Calls the end of an organization off. */
export function useKeepOpen({ id, name }: Named) {
  const client = usePlatformClient();
  const reload = useReload(id);
  const keeping = useMutation({
    mutationFn: () => client.org.keepOpen.mutate({ organizationId: id }),
    onSuccess: async () => {
      await reload();
      announce(`${name} stays open`);
    },
    onError: reload,
  });
  const failure = keeping.error && `It still closes. ${refusalOf(errorReason(keeping.error)).text}`;
  return { keepOpen: () => keeping.mutate(), isPending: keeping.isPending, failure };
}

/** Why it was not closed. */
export function closeRefusal(error: Error): string {
  const reason = errorReason(error);
  if (reason === "CONFLICT") return "Not closed. It has another name by now: reload the page.";
  if (reason === "RATE_LIMITED") return "Not closed. It was called off a moment ago: wait five minutes.";
  return `Not closed. ${refusalOf(reason).text}`;
}

function useReload(organizationId: string): () => Promise<unknown> {
  const queryKey = usePlatform().org.get.queryKey({ organizationId });
  const queryClient = useQueryClient();
  const { refresh } = useStanding();
  return () => Promise.all([queryClient.invalidateQueries({ queryKey }), refresh()]);
}
