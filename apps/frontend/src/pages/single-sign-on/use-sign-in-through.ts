import { usePlatformClient } from "@platform-api/client/react";
import { useMutation } from "@tanstack/react-query";
import { useApp } from "../../app/session/app-context.ts";
import type { Connection } from "./connection/connection.ts";
import { trialText } from "./connection/trial.ts";
import { refusalText } from "./refusal.ts";
import { routeThrough, type TestAddress } from "./test-address.ts";

/** Leaves for the connection's sign-in, with the user's own address. */
export function useSignInThrough(connection: Connection, address: TestAddress) {
  const client = usePlatformClient();
  const { leave } = useApp();
  const finding = useMutation({
    mutationFn: () => client.discover.byEmail.mutate({ email: address.email }),
    onSuccess: (discovery) => {
      const route = routeThrough(connection.name, address, discovery);
      if (route !== null) leave({ ...route, login_hint: address.email }, connection.displayName);
    },
  });
  const isOffered = !finding.data || routeThrough(connection.name, address, finding.data) !== null;
  return {
    signIn: () => finding.mutate(),
    isPending: finding.isPending,
    error: finding.error
      ? refusalText("test", finding.error, [connection])
      : isOffered
        ? null
        : trialText({ kind: "notOffered", connection }).text,
  };
}
