import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import type { Me } from "../active-organization.ts";
import { AccountPage } from "./account.tsx";
import { NoOrganizationPage, OrganizationsPage } from "./organizations.tsx";
import { BehindProblem } from "./page.tsx";
import { runIdOf, usePath } from "./path.ts";
import { ProblemPage } from "./problem-page.tsx";
import type { AppReason } from "./problems.ts";
import { RunPage } from "./run-page.tsx";
import { RunsPage } from "./runs-page.tsx";
import { Shell } from "./shell.tsx";
import { SignInFrame } from "./sign-in-frame.tsx";
import { Splash } from "./splash.tsx";
import { StandingContext, useMyself, useStanding, useStandingOf } from "./use-me.ts";

/** The app of a signed-in user, or the problem that keeps them out. */
export function SignedIn() {
  const { me, problem, isAsking, ask } = useMyself();
  const organization = useTokenOrganization(me);
  const problemPage = problem && (
    <ProblemPage reason={problem} onTryNow={ask} isTrying={isAsking} organization={organization} />
  );
  if (me === undefined) return problemPage ? <SignInFrame>{problemPage}</SignInFrame> : <Splash />;
  return <Workplace me={me} refresh={ask} problem={problem} problemPage={problemPage} />;
}

/** The last known name of the token's organization. The server no longer returns it to a removed user. */
function useTokenOrganization(me: Me | undefined): string | undefined {
  const [last, setLast] = useState<string>();
  const now = me?.organizations.find(({ id }) => id === me.activeOrganizationId)?.name ?? last;
  if (now !== last) setLast(now);
  return now;
}

interface WorkplaceProps {
  readonly me: Me;
  readonly refresh: () => Promise<unknown>;
  readonly problem: AppReason | null;
  readonly problemPage: ReactNode;
}

function Workplace({ me, refresh, problem, problemPage }: WorkplaceProps) {
  const standing = useStandingOf(me, refresh);
  const hasProblem = problem !== null;
  const queryClient = useQueryClient();
  useEffect(() => {
    if (!hasProblem) return;
    // Queries that failed because of the problem are repeated when it ends.
    return () => void queryClient.invalidateQueries({ predicate: ({ state }) => state.status === "error" });
  }, [hasProblem, queryClient]);
  return (
    <StandingContext value={standing}>
      <Shell problem={problem}>
        {problemPage}
        {/* Stays mounted while hidden, so that an outage does not lose typed text. */}
        <div hidden={hasProblem}>
          <BehindProblem value={hasProblem}>
            <CurrentPage />
          </BehindProblem>
        </div>
      </Shell>
    </StandingContext>
  );
}

function CurrentPage() {
  const path = usePath();
  const { organization } = useStanding();
  if (path === "/organizations") return <OrganizationsPage />;
  if (path === "/account") return <AccountPage />;
  if (organization === null) return <NoOrganizationPage />;
  if (path === "/") return <RunsPage key={organization.id} organization={organization} />;
  const runId = runIdOf(path);
  if (runId === null) return <ProblemPage reason="NOT_FOUND" onTryNow={() => {}} />;
  return <RunPage key={`${organization.id} ${runId}`} organization={organization} id={runId} />;
}
