import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Me, MyOrganization } from "../../organization/active-organization.ts";
import { Elsewhere, problemElsewhere } from "../../organization/elsewhere.tsx";
import {
  type LastOrganization,
  type LeftOrganization,
  lastOrganization,
  leftBefore,
  rememberOrganization,
} from "../../organization/last-organization.ts";
import {
  type Standing,
  StandingContext,
  useMyself,
  useStanding,
  useStandingOf,
} from "../../organization/use-me.ts";
import { ClosingBar } from "../../pages/organizations/closing-bar.tsx";
import { InvitationBar } from "../../pages/organizations/invitation-bar.tsx";
import { SignInFrame } from "../../sign-in/sign-in-frame.tsx";
import { Splash } from "../../sign-in/splash.tsx";
import { BarProblem } from "../problems/covered-notice.ts";
import { isPassing } from "../problems/error-reason.ts";
import { ProblemNotice } from "../problems/notice.tsx";
import { OutageBar, useAnnounceOutage } from "../problems/outage-bar.tsx";
import { ProblemPage, type ProblemPageProps } from "../problems/problem-page.tsx";
import type { AppReason } from "../problems/problems.ts";
import { BehindProblem, Redirect } from "../routing/page.tsx";
import { INVITATION_PATH, isWithoutPage, type Place, pathOf, placeOf, usePath } from "../routing/path.ts";
import { useApp } from "../session/app-context.ts";
import { AdminsOnly } from "./admins-only.tsx";
import { useOpenPart } from "./open-part.ts";
import { isAdmin, ORGANIZATION_PAGES, OWN_PAGES, type OwnPage } from "./organization-pages.ts";
import { PagePart } from "./page-part.tsx";
import { Shell } from "./shell.tsx";

/** The app of a signed-in user, or the problem that keeps them out. */
export function SignedIn() {
  const { me, problem, error, isAsking, ask } = useMyself();
  const organization = useTokenOrganization(me);
  const { email } = useApp();
  const trying = { error, onTryNow: ask, isTrying: isAsking };
  if (me !== undefined)
    return <Workplace me={me} problem={problem} organization={organization?.name} {...trying} />;
  if (problem === null) return <Splash />;
  const left = leftBefore({ email }).find(({ id }) => id === organization?.id); // maybe they came back elsewhere
  return (
    <SignInFrame>
      <ProblemPage reason={problem} organization={organization?.name} leftAt={left?.at} {...trying} />
    </SignInFrame>
  );
}

/** The token's organization, as it was known last. The server no longer returns it to a removed user. */
function useTokenOrganization(me: Me | undefined): LastOrganization | null {
  const [last, setLast] = useState(lastOrganization);
  const now = me?.organizations.find(({ id }) => id === me.activeOrganizationId) ?? last;
  const { id, name } = now ?? {};
  if (now !== null && (id !== last?.id || name !== last?.name)) setLast({ id: now.id, name: now.name });
  useEffect(() => {
    if (id !== undefined && name !== undefined) rememberOrganization({ id, name });
  }, [id, name]);
  return now;
}

interface WorkplaceProps extends Omit<ProblemPageProps, "reason" | "onTryNow"> {
  readonly me: Me;
  readonly onTryNow: Standing["refresh"];
  readonly problem: AppReason | null;
}

/** A passing problem is shown above the page. A refusal replaces it, unless it is one that stays readable. */
function Workplace({ me, problem, organization, ...trying }: WorkplaceProps) {
  const standing = useStandingOf(me, trying.onTryNow);
  const isTokens = ({ id }: LeftOrganization) => id === me.activeOrganizationId;
  const left = standing.left.find(isTokens);
  const hasProblem = problem !== null;
  const isBlocked = hasProblem && !isPassing(problem);
  const open = useOpenPart(standing.organization, isBlocked);
  const inOtherTab = () => leftBefore({ userId: me.user.userId }).find(isTokens);
  const ended = isBlocked
    ? {
        reason: problem,
        organization,
        hasLeft: left !== undefined,
        leftAt: (left ?? inOtherTab())?.at,
        ...trying,
      }
    : open !== null && standing.organization === null
      ? problemElsewhere(standing, open.id)
      : null;
  const isHidden = isBlocked && open === null;
  const barProblem = isBlocked ? null : problem;
  useAnnounceOutage(barProblem, !hasProblem);
  const queryClient = useQueryClient();
  useEffect(() => {
    if (!hasProblem) return;
    // Queries that failed because of the problem are repeated when it ends.
    return () => void queryClient.invalidateQueries({ predicate: ({ state }) => state.status === "error" });
  }, [hasProblem, queryClient]);
  return (
    <StandingContext value={standing}>
      <Shell isBlocked={isBlocked} bar={barProblem && <OutageBar reason={barProblem} {...trying} />}>
        {ended && (isHidden ? <ProblemPage {...ended} /> : <ProblemNotice {...ended} />)}
        {/* Stays mounted while hidden, so that typed text is not lost if the problem ends. */}
        <div hidden={isHidden}>
          <BarProblem value={ended?.reason ?? barProblem}>
            <BehindProblem value={isHidden}>
              <CurrentPage open={open} />
            </BehindProblem>
          </BarProblem>
        </div>
      </Shell>
    </StandingContext>
  );
}

interface CurrentPageProps {
  /** The organization of the open part of a page, which may not count any more. */
  readonly open: MyOrganization | null;
}

function CurrentPage({ open }: CurrentPageProps) {
  const path = usePath();
  const { me, organization: current } = useStanding();
  const organization = current ?? open;
  if (path === "/organizations") return <OwnPart page={OWN_PAGES.organizations} />;
  if (path === "/account") return <OwnPart page={OWN_PAGES.account} />;
  if (path === INVITATION_PATH) return <OwnPart page={OWN_PAGES.invitation} />;
  const place = placeOf(path);
  if (organization === null) {
    const isOfClosed = me.closed.some(({ id }) => id === place?.organizationId);
    if (place === null || (me.organizations.length === 0 && !isOfClosed))
      return <OwnPart page={OWN_PAGES.noOrganization} />;
    return <Elsewhere organizationId={place.organizationId} />;
  }
  if (path === "/") return <Redirect to={pathOf(organization.id, "runs")} />;
  if (place !== null && isWithoutPage(path))
    return <Redirect to={pathOf(place.organizationId, place.page)} />;
  if (place === null) return <ProblemPage reason="NOT_FOUND" onTryNow={() => {}} />;
  return (
    <>
      <ClosingBar organization={organization} />
      <InvitationBar />
      <PageAt key={organization.id} place={place} organization={organization} />
    </>
  );
}

interface PageAtProps {
  readonly place: Place;
  readonly organization: MyOrganization;
}

function PageAt({ place, organization }: PageAtProps) {
  const found = ORGANIZATION_PAGES.find(({ page }) => page === place.page);
  if (found === undefined || (place.rest !== null && !found.hasParts))
    return <ProblemPage reason="NOT_FOUND" onTryNow={() => {}} />;
  if (found.isForAdmins && !isAdmin(organization))
    return <AdminsOnly page={found} organization={organization} />;
  return <PagePart key={found.page} page={found} props={{ organization, rest: place.rest }} />;
}

function OwnPart({ page }: { readonly page: OwnPage }) {
  return <PagePart key={page.name} page={page} props={{}} />;
}
