import { createPlatformQueryClient, PlatformProvider } from "@platform-api/client/react";
import { type QueryClient, useQuery } from "@tanstack/react-query";
import { type Dispatch, type SetStateAction, useCallback, useEffect, useMemo, useState } from "react";
import { I18nProvider, RouterProvider } from "react-aria-components";
import { Announcer } from "../design/announcer.tsx";
import { ToastHost } from "../design/overlays/toast.tsx";
import { forgetOrganization } from "../organization/last-organization.ts";
import { isOfInvitation } from "../sign-in/email-hint.ts";
import { Leaving } from "../sign-in/leaving.tsx";
import { SignInPage } from "../sign-in/sign-in.tsx";
import { SignInFrame } from "../sign-in/sign-in-frame.tsx";
import { Splash } from "../sign-in/splash.tsx";
import { isOtherAccount, WrongAccount } from "../sign-in/wrong-account.tsx";
import { brand } from "./config/brand.ts";
import type { FrontendConfig } from "./config/config.ts";
import { ErrorBoundary } from "./error-boundary.tsx";
import { POLL_MS, retryOnce } from "./problems/polling.ts";
import { ProblemPage } from "./problems/problem-page.tsx";
import { renewingToken } from "./renewing-token.ts";
import { navigate } from "./routing/path.ts";
import { AppContext, type AppContextValue, type SignInStart, useApp } from "./session/app-context.ts";
import { forgetRoute, rememberRoute } from "./session/last-route.ts";
import type { Arrival, Session } from "./session/session.ts";
import { sessionCalls } from "./session/session-calls.ts";
import type { SignInRoute } from "./session/sign-in-route.ts";
import { NEXT_SECOND_MS, rememberSignOut, takeSignOutNotice } from "./session/signed-out-everywhere.ts";
import { SignedIn } from "./shell/signed-in.tsx";

export interface AppProps {
  readonly config: FrontendConfig;
  readonly session: Session;
  readonly arrival: Arrival;
  /** The address that a link gives. */
  readonly emailHint: string | null;
  /** What has to be said on the sign-in page. */
  readonly notice: string | null;
}

type Stage =
  | { readonly kind: "arrived"; readonly arrival: Arrival }
  | { readonly kind: "beginning"; readonly start: SignInStart }
  /** The session stays until another sign-in begins. */
  | { readonly kind: "switching"; readonly start: SignInStart; readonly from: Arrival }
  | { readonly kind: "signingOut" }
  | { readonly kind: "leaving"; readonly route: SignInRoute; readonly to: string };

/** Marks the entries of the history that a switch of the account has added. */
const SWITCHING = { isSwitching: true };

export function App(props: AppProps) {
  const { config, emailHint } = props;
  const [queryClient] = useState(createQueryClient);
  const { app, stage, show } = useStages(props, queryClient);
  const [invited, setInvited] = useState(isOfInvitation() ? emailHint : null);
  const stay = useCallback(() => {
    setInvited(null);
    navigate("/", { isReplacing: true }); // the page of the link is about the other address
  }, []);
  useUnsentChanges(queryClient);
  return (
    <I18nProvider locale="en">
      <RouterProvider navigate={navigate}>
        <PlatformProvider url={config.platformUrl} token={app.token} queryClient={queryClient}>
          <AppContext value={app}>
            <ErrorBoundary>
              {app.email !== null && isOtherAccount(invited, app.email) ? (
                <WrongAccount invited={invited} signedIn={app.email} onStay={stay} />
              ) : (
                <CurrentStage stage={stage} onArrive={show} />
              )}
            </ErrorBoundary>
            <Announcer />
            <ToastHost />
          </AppContext>
        </PlatformProvider>
      </RouterProvider>
    </I18nProvider>
  );
}

function firstStage({ arrival, emailHint, notice }: AppProps): Stage {
  if (arrival.kind !== "signedOut" || (emailHint === null && notice === null))
    return { kind: "arrived", arrival };
  return {
    kind: "beginning",
    start: { ...(emailHint !== null && { email: emailHint }), ...(notice !== null && { notice }) },
  };
}

/** The stage of the app, and what changes it. */
function useStages(props: AppProps, queryClient: QueryClient) {
  const { config, session } = props;
  const [{ token, end }] = useState(() => sessionCalls(renewingToken(session)));
  const [stage, setStage] = useState<Stage>(() => firstStage(props));
  const email = stage.kind === "arrived" && stage.arrival.kind === "signedIn" ? stage.arrival.email : null;
  const beginSignIn = useCallback(
    async (start: SignInStart = {}) => {
      end();
      forgetRoute();
      forgetOrganization();
      await session.forget();
      queryClient.clear();
      setStage({ kind: "beginning", start });
    },
    [session, queryClient, end],
  );
  const signOut = useCallback(
    async (waitMs = 0) => {
      end();
      setStage({ kind: "signingOut" });
      forgetRoute();
      forgetOrganization();
      queryClient.clear();
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      const unanswered = `You’re signed out of ${brand().name}, but the sign-in service didn’t respond, so your session there may still be active.`;
      // Resolves when the user returns with the back button.
      session.signOut().then(
        () => beginSignIn(),
        () => beginSignIn({ notice: takeSignOutNotice() ?? unanswered }),
      );
    },
    [session, queryClient, end, beginSignIn],
  );
  const isSwitching = stage.kind === "switching";
  useWayBack(isSwitching, setStage);
  const app = useMemo<AppContextValue>(
    () => ({
      config,
      session,
      token,
      email,
      beginSignIn,
      leave: async (route, to = "your sign-in") => {
        if (isSwitching) {
          forgetOrganization();
          await session.forget();
          queryClient.clear();
        }
        rememberRoute(route);
        setStage({ kind: "leaving", route, to });
      },
      switchAccount: (start) => {
        history.pushState(SWITCHING, "", location.href);
        setStage((now) => (now.kind === "arrived" ? { kind: "switching", start, from: now.arrival } : now));
      },
      signOut: () => void signOut(),
      signOutEverywhere: async (sessions) => {
        rememberSignOut(sessions);
        await signOut(NEXT_SECOND_MS);
      },
    }),
    [config, session, token, email, beginSignIn, isSwitching, queryClient, signOut],
  );
  useEffect(() => {
    const start = { notice: "You signed out in another tab.", ...(email !== null && { email }) };
    session.whenSignedOutElsewhere(() => beginSignIn(start));
  }, [session, beginSignIn, email]);
  const show = useCallback((next: Arrival) => setStage({ kind: "arrived", arrival: next }), []);
  return { app, stage, show };
}

/** The browser asks before it drops a change that has not been sent. */
function useUnsentChanges(queryClient: QueryClient): void {
  useEffect(() => {
    // A change that waits behind another one of its row would be lost. One that is sent is not.
    const ask = (event: BeforeUnloadEvent) => {
      if (queryClient.getMutationCache().find({ predicate: ({ state }) => state.isPaused }))
        event.preventDefault();
    };
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [queryClient]);
}

/** The back button undoes a switch of the account. */
function useWayBack(isSwitching: boolean, setStage: Dispatch<SetStateAction<Stage>>): void {
  useEffect(() => {
    if (!isSwitching) return;
    const back = () => {
      if (!isOfSwitch(history.state)) setStage((now) => arrivedBefore(now));
    };
    addEventListener("popstate", back);
    return () => removeEventListener("popstate", back);
  }, [isSwitching, setStage]);
}

function isOfSwitch(state: unknown): boolean {
  return typeof state === "object" && state !== null && "isSwitching" in state;
}

function arrivedBefore(stage: Stage): Stage {
  return stage.kind === "switching" ? { kind: "arrived", arrival: stage.from } : stage;
}

/** Shows an error within seconds: queries poll until it ends, so few retries happen silently. */
function createQueryClient() {
  const queryClient = createPlatformQueryClient();
  queryClient.setDefaultOptions({
    queries: { retry: retryOnce, networkMode: "always" },
    mutations: { networkMode: "always" },
  });
  return queryClient;
}

function CurrentStage({
  stage,
  onArrive,
}: {
  readonly stage: Stage;
  readonly onArrive: (arrival: Arrival) => void;
}) {
  const { session } = useApp();
  const comeBack = useCallback(() => session.arrive().then(onArrive), [session, onArrive]);
  switch (stage.kind) {
    case "beginning":
    case "switching":
      return <SignInPage start={stage.start} />;
    case "signingOut":
      return <Splash>Signing you out</Splash>;
    case "leaving":
      return <Leaving route={stage.route} to={stage.to} onReturn={comeBack} />;
    case "arrived":
      if (stage.arrival.kind === "signedIn") return <SignedIn />;
      if (stage.arrival.kind === "signedOut") return <SignInPage start={{}} />;
      return <NotArrived arrival={stage.arrival} onArrive={onArrive} />;
  }
}

interface NotArrivedProps {
  readonly arrival: Extract<Arrival, { kind: "problem" }>;
  readonly onArrive: (arrival: Arrival) => void;
}

/** The sign-in failed. After an outage its completion is retried until it succeeds. */
function NotArrived({ arrival, onArrive }: NotArrivedProps) {
  const { session } = useApp();
  const isOutage = arrival.problem === "IDENTITY_PROVIDER_UNAVAILABLE";
  const arriving = useQuery({
    queryKey: ["arriving"],
    queryFn: async ({ signal }) => {
      const next = await session.arrive();
      if (!signal.aborted) onArrive(next); // aborted if the user has left this page
      return next;
    },
    initialData: arrival,
    staleTime: Number.POSITIVE_INFINITY,
    enabled: isOutage,
    refetchInterval: POLL_MS,
  });
  return (
    <SignInFrame>
      <ProblemPage
        reason={arrival.problem}
        onTryNow={() => arriving.refetch()}
        isTrying={arriving.isFetching}
      />
    </SignInFrame>
  );
}
