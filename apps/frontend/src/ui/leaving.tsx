import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { SignInRoute } from "../session.ts";
import { useApp } from "./app-context.ts";
import { FaultPage } from "./fault-page.tsx";
import { POLL_MS, useSteadyFault } from "./polling.ts";
import { SignInFrame } from "./sign-in-frame.tsx";
import { Splash } from "./splash.tsx";

export interface LeavingProps {
  readonly route: SignInRoute;
  /** What the person calls the place where they sign in. */
  readonly to: string;
  /** The person has come back by the back button. */
  readonly onReturn: () => void;
}

/** On the way to the identity provider, however often that must be tried. */
export function Leaving({ route, to, onReturn }: LeavingProps) {
  const { session } = useApp();
  const leaving = useQuery({
    queryKey: ["leaving", route],
    queryFn: async () => {
      await session.signIn(route);
      return true;
    },
    retry: false,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchInterval: ({ state }) => (state.data === undefined ? POLL_MS : false),
  });
  useEffect(() => {
    if (leaving.data) onReturn();
  }, [leaving.data, onReturn]);
  useEffect(() => {
    // Back before anything has been left: loaded anew, the page cannot be torn away by a redirect that is still to come.
    const stay = () => location.reload();
    addEventListener("popstate", stay);
    return () => removeEventListener("popstate", stay);
  }, []);
  if (useSteadyFault(leaving) === null) return <Splash>{`Taking you to ${to}`}</Splash>;
  return (
    <SignInFrame>
      <FaultPage
        reason="IDENTITY_PROVIDER_UNAVAILABLE"
        onTryNow={() => leaving.refetch()}
        isTrying={leaving.isFetching}
      />
    </SignInFrame>
  );
}
