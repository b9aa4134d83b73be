import { usePlatform, usePlatformClient } from "@platform-api/client/react";
import { skipToken, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { pollAfter } from "../../app/problems/polling.ts";
import { openOwnWindow } from "../../app/routing/own-window.ts";
import { announce } from "../../design/announcer.tsx";
import type { Connection } from "./connection/connection.ts";
import { focusStep } from "./focus-step.ts";

/** The server asks the sign-in service at most that often. */
const POLL_SETUP_MS = 5_000;

/** Where a set-up is done: a secret that is answered once, and kept in memory only. */
export interface SetUpLink {
  readonly name: string;
  readonly url: string;
  readonly expiresAt: string;
  /** Whether the browser has refused to open it. */
  readonly isBlocked: boolean;
}

interface Begin {
  readonly displayName: string;
  /** The pending set-up that is removed first. */
  readonly instead: string | null;
  /** Opened in the press of the button. */
  readonly tab: Window | null;
}

/** Begins to set up a connection, in a new tab. Call `begin` in the press of a button. */
export function useBegin(organizationId: string) {
  const client = usePlatformClient();
  const queryClient = useQueryClient();
  const queryKey = usePlatform().org.connections.list.queryKey({ organizationId });
  const beginning = useMutation({
    mutationFn: async ({ displayName, instead }: Begin) => {
      if (instead !== null) await client.org.connections.remove.mutate({ organizationId, name: instead });
      return client.org.connections.begin.mutate({ organizationId, displayName });
    },
    onSuccess: ({ setupUrl, setupExpiresAt, ...connection }, { instead, tab }) => {
      const isBlocked = tab === null || tab.closed;
      tab?.location.replace(setupUrl);
      const link: SetUpLink = { name: connection.name, url: setupUrl, expiresAt: setupExpiresAt, isBlocked };
      queryClient.setQueryData(linkKey(organizationId), link);
      queryClient.setQueryData<Connection[]>(queryKey, (list = []) => [
        ...list.filter(({ name }) => name !== instead && name !== connection.name),
        connection,
      ]);
      focusStep(2);
      announce("The set-up has begun");
    },
    onError: (_, { tab }) => {
      tab?.close();
      return queryClient.invalidateQueries({ queryKey }); // the former set-up may be gone
    },
  });
  const begin = (displayName: string, instead: string | null = null) => {
    if (!beginning.isPending) {
      beginning.mutate({ displayName, instead, tab: openOwnWindow("Opening the set-up") });
    }
  };
  return { begin, isPending: beginning.isPending, error: beginning.error, reset: beginning.reset };
}

/** The link of a set-up that was begun in this tab. Null after a reload. */
export function useSetUpLink(organizationId: string, name: string): SetUpLink | null {
  const { data } = useQuery<SetUpLink>({
    queryKey: linkKey(organizationId),
    queryFn: skipToken,
    gcTime: Number.POSITIVE_INFINITY,
  });
  return data?.name === name ? data : null;
}

function linkKey(organizationId: string) {
  return ["set-up-link", organizationId];
}

/** Asks every 5 s whether a set-up is complete, which completes it here as well. */
export function useSetUpState(organizationId: string, pending: Connection) {
  const platform = usePlatform();
  const queryClient = useQueryClient();
  const queryKey = platform.org.connections.list.queryKey({ organizationId });
  const query = useQuery(
    platform.org.connections.get.queryOptions(
      { organizationId, name: pending.name },
      { refetchInterval: ({ state }) => pollAfter(state.error, POLL_SETUP_MS) },
    ),
  );
  const found = query.data;
  useEffect(() => {
    if (found === undefined || found.state === "pending") return;
    queryClient.removeQueries({ queryKey: linkKey(organizationId) });
    queryClient.setQueryData<Connection[]>(queryKey, (list = []) =>
      list.map((each) => (each.name === found.name ? found : each)),
    );
    announce(`${found.displayName} is connected`);
  }, [found, queryClient, queryKey, organizationId]);
  return { connection: found ?? pending, error: query.error };
}
