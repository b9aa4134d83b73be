import { createPlatformQueryClient, PlatformProvider } from "@platform-api/client/react";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { I18nProvider, RouterProvider } from "react-aria-components";
import type { FrontendConfig } from "../config.ts";
import type { Arrival, Session, SignInRoute } from "../session.ts";
import { Announcer } from "./announcer.tsx";
import { AppContext, type AppContextValue, type SignInStart, useApp } from "./app-context.ts";
import { ErrorBoundary } from "./error-boundary.tsx";
import { FaultPage } from "./fault-page.tsx";
import { forgetRoute, rememberRoute } from "./last-route.ts";
import { Leaving } from "./leaving.tsx";
import { navigate } from "./path.ts";
import { patientToken } from "./patient-token.ts";
import { POLL_MS, retryOnce } from "./polling.ts";
import { SignInPage } from "./sign-in.tsx";
import { SignInFrame } from "./sign-in-frame.tsx";
import { SignedIn } from "./signed-in.tsx";
import { Splash } from "./splash.tsx";

export interface AppProps {
  readonly config: FrontendConfig;
  readonly session: Session;
  /** Who was here when the page had loaded. */
  readonly arrival: Arrival;
}

/** Where the person is on the way in. */
type Stage =
  | { readonly kind: "arrived"; readonly arrival: Arrival }
  | { readonly kind: "beginning"; readonly start: SignInStart }
  | { readonly kind: "signingOut" }
  | { readonly kind: "leaving"; readonly route: SignInRoute; readonly to: string };

export function App({ config, session, arrival }: AppProps) {
  const [queryClient] = useState(createQueryClient);
  const [token] = useState(() => patientToken(session));
  const [stage, setStage] = useState<Stage>({ kind: "arrived", arrival });
  const email = stage.kind === "arrived" && stage.arrival.kind === "signedIn" ? stage.arrival.email : null;
  const beginSignIn = useCallback(
    async (start: SignInStart = {}) => {
      forgetRoute();
      await session.forget();
      queryClient.clear();
      setStage({ kind: "beginning", start });
    },
    [session, queryClient],
  );
  const app = useMemo<AppContextValue>(
    () => ({
      config,
      session,
      token,
      email,
      beginSignIn,
      leave: (route, to = "your sign-in") => {
        rememberRoute(route);
        setStage({ kind: "leaving", route, to });
      },
      signOut: () => {
        setStage({ kind: "signingOut" });
        forgetRoute();
        queryClient.clear();
        const notice =
          "You are signed out here. The sign-in service did not answer, so it may still know you.";
        // Resolves for whoever comes back by the back button.
        session.signOut().then(
          () => beginSignIn(),
          () => beginSignIn({ notice }),
        );
      },
    }),
    [config, session, token, email, beginSignIn, queryClient],
  );
  useEffect(() => {
    const start = { notice: "You signed out in another tab.", ...(email !== null && { email }) };
    session.whenSignedOutElsewhere(() => beginSignIn(start));
  }, [session, beginSignIn, email]);
  const show = useCallback((next: Arrival) => setStage({ kind: "arrived", arrival: next }), []);
  return (
    <I18nProvider locale="en">
      <RouterProvider navigate={navigate}>
        <PlatformProvider url={config.platformUrl} token={token} queryClient={queryClient}>
          <AppContext value={app}>
            <ErrorBoundary>
              <CurrentStage stage={stage} onArrive={show} />
            </ErrorBoundary>
            <Announcer />
          </AppContext>
        </PlatformProvider>
      </RouterProvider>
    </I18nProvider>
  );
}

/** An error is shown within seconds, and asked about for as long as it lasts: little is tried in silence. */
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
  readonly arrival: Extract<Arrival, { kind: "fault" }>;
  readonly onArrive: (arrival: Arrival) => void;
}

/** The sign-in did not end well; after an outage it is ended again and again. */
function NotArrived({ arrival, onArrive }: NotArrivedProps) {
  const { session } = useApp();
  const isOutage = arrival.fault === "IDENTITY_PROVIDER_UNAVAILABLE";
  const arriving = useQuery({
    queryKey: ["arriving"],
    queryFn: async ({ signal }) => {
      const next = await session.arrive();
      if (!signal.aborted) onArrive(next); // the person has not turned away meanwhile
      return next;
    },
    initialData: arrival,
    staleTime: Number.POSITIVE_INFINITY,
    enabled: isOutage,
    refetchInterval: POLL_MS,
  });
  return (
    <SignInFrame>
      <FaultPage reason={arrival.fault} onTryNow={() => arriving.refetch()} isTrying={arriving.isFetching} />
    </SignInFrame>
  );
}
