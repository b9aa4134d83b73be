import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Button } from "react-aria-components";
import { POLL_MS, useSteadyReason } from "../app/problems/polling.ts";
import { ProblemPage } from "../app/problems/problem-page.tsx";
import { useApp } from "../app/session/app-context.ts";
import type { SignInRoute } from "../app/session/sign-in-route.ts";
import { SignInFrame } from "./sign-in-frame.tsx";
import { Splash } from "./splash.tsx";

export interface LeavingProps {
  readonly route: SignInRoute;
  /** The display name of the sign-in. */
  readonly to: string;
  /** Called when the user returns with the back button. */
  readonly onReturn: () => void;
}

/** Shown while redirecting to the identity provider. Retries until it answers. */
export function Leaving({ route, to, onReturn }: LeavingProps) {
  const { session, beginSignIn } = useApp();
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
    // The user went back before the redirect. A reload cancels the redirect that is still in flight.
    const stay = () => location.reload();
    addEventListener("popstate", stay);
    return () => removeEventListener("popstate", stay);
  }, []);
  if (useSteadyReason(leaving) === null) {
    const change = () => {
      window.stop(); // the redirect may be in flight
      beginSignIn({ email: route.login_hint });
    };
    const useAnotherAddress = (
      <Button className="button button-plain" onPress={change}>
        Use a different address
      </Button>
    );
    return <Splash action={useAnotherAddress}>{`Taking you to ${to}`}</Splash>;
  }
  return (
    <SignInFrame>
      <ProblemPage
        reason="IDENTITY_PROVIDER_UNAVAILABLE"
        onTryNow={() => leaving.refetch()}
        isTrying={leaving.isFetching}
      />
    </SignInFrame>
  );
}
