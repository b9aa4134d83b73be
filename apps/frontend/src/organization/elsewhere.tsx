import { ProblemPage, type ProblemPageProps } from "../app/problems/problem-page.tsx";
import { ClosedPage } from "./closed.tsx";
import { type Standing, useStanding } from "./use-me.ts";

/** At the address of an organization that does not count for this sign-in. It says why, and what helps. */
export function Elsewhere({ organizationId }: { readonly organizationId: string }) {
  const standing = useStanding();
  const closed = standing.me.closed.find(({ id }) => id === organizationId);
  if (closed !== undefined) return <ClosedPage organization={closed} />;
  return <ProblemPage {...problemElsewhere(standing, organizationId)} />;
}

/** Why an organization does not count for this sign-in, and what helps. */
export function problemElsewhere({ me, left, refresh }: Standing, organizationId: string): ProblemPageProps {
  const isIt = ({ id }: { readonly id: string }) => id === organizationId;
  const locked = me.organizations.find(isIt);
  const own = left.find(isIt);
  const removed = own ?? me.removed.find(isIt);
  if (locked) {
    const other = me.organizations.length > 1 ? "seeOrganizations" : "signInDifferently";
    return {
      reason: "SSO_REQUIRED",
      organization: locked.name,
      actions: ["signInWithSso", other],
      onTryNow: refresh,
    };
  }
  if (removed) {
    return {
      reason: "MEMBERSHIP_REMOVED",
      organization: removed.name,
      hasLeft: own !== undefined,
      leftAt: own?.at,
      removedFrom: [removed],
      actions: own === undefined ? ["seeOrganizations", "signInDifferently"] : ["seeOrganizations"],
      onTryNow: refresh,
    };
  }
  return { reason: "NOT_A_MEMBER", onTryNow: refresh };
}
