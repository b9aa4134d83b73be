import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import type { Me } from "../active-organization.ts";
import { AccountPage } from "./account.tsx";
import { FaultPage } from "./fault-page.tsx";
import type { AppReason } from "./faults.ts";
import { StandingContext, useMyself, useStanding, useStandingOf } from "./me.ts";
import { NoOrganizationPage, OrganizationsPage } from "./organizations.tsx";
import { BehindFault } from "./page.tsx";
import { runIdOf, usePath } from "./path.ts";
import { RunPage } from "./run.tsx";
import { RunsPage } from "./runs.tsx";
import { Shell } from "./shell.tsx";
import { SignInFrame } from "./sign-in-frame.tsx";
import { Splash } from "./splash.tsx";

/** The app of whoever has signed in, or what stands between them and it. */
export function SignedIn() {
  const { me, fault, isAsking, ask } = useMyself();
  const organization = useTokenOrganization(me);
  const faultPage = fault && (
    <FaultPage reason={fault} onTryNow={ask} isTrying={isAsking} organization={organization} />
  );
  if (me === undefined) return faultPage ? <SignInFrame>{faultPage}</SignInFrame> : <Splash />;
  return <Workplace me={me} refresh={ask} fault={fault} faultPage={faultPage} />;
}

/** What the organization of the token is called, as it was last known: a removed person is told no more of it. */
function useTokenOrganization(me: Me | undefined): string | undefined {
  const [last, setLast] = useState<string>();
  const now = me?.organizations.find(({ id }) => id === me.activeOrganizationId)?.name ?? last;
  if (now !== last) setLast(now);
  return now;
}

interface WorkplaceProps {
  readonly me: Me;
  readonly refresh: () => Promise<unknown>;
  readonly fault: AppReason | null;
  readonly faultPage: ReactNode;
}

function Workplace({ me, refresh, fault, faultPage }: WorkplaceProps) {
  const standing = useStandingOf(me, refresh);
  const isFaulty = fault !== null;
  const queryClient = useQueryClient();
  useEffect(() => {
    if (!isFaulty) return;
    // What gave up because of the fault is asked again when it is over.
    return () => void queryClient.invalidateQueries({ predicate: ({ state }) => state.status === "error" });
  }, [isFaulty, queryClient]);
  return (
    <StandingContext value={standing}>
      <Shell fault={fault}>
        {faultPage}
        {/* Kept while it cannot be shown: nothing that was typed is lost to an outage. */}
        <div hidden={isFaulty}>
          <BehindFault value={isFaulty}>
            <CurrentPage />
          </BehindFault>
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
  if (runId === null) return <FaultPage reason="NOT_FOUND" onTryNow={() => {}} />;
  return <RunPage key={`${organization.id} ${runId}`} organization={organization} id={runId} />;
}
