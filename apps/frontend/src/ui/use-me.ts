import { usePlatform } from "@platform-api/client/react";
import { useQuery } from "@tanstack/react-query";
import { createContext, useContext, useMemo, useState } from "react";
import { activeOrganization, type Me, type MyOrganization } from "../active-organization.ts";
import { pollAfter, useSteadyReason } from "./polling.ts";

/** The user and their organizations. Polled, so that changes made elsewhere appear. */
export function useMyself() {
  const query = useQuery(
    usePlatform().org.me.queryOptions(undefined, { refetchInterval: ({ state }) => pollAfter(state.error) }),
  );
  return { me: query.data, problem: useSteadyReason(query), isAsking: query.isFetching, ask: query.refetch };
}

export interface Standing {
  readonly me: Me;
  /** The active organization. Null if no membership counts for this sign-in. */
  readonly organization: MyOrganization | null;
  choose(organizationId: string): void;
  /** Loads `me` again. */
  refresh(): Promise<unknown>;
}

export const StandingContext = createContext<Standing | null>(null);

/** @throws outside of {@link StandingContext} */
export function useStanding(): Standing {
  const standing = useContext(StandingContext);
  if (standing === null) throw new Error("useStanding must be used inside StandingContext");
  return standing;
}

export function useStandingOf(me: Me, refresh: () => Promise<unknown>): Standing {
  const { userId } = me.user;
  const [chosen, setChosen] = useState(() => localStorage.getItem(choiceKey(userId)));
  return useMemo(
    () => ({
      me,
      organization: activeOrganization(me.organizations, [chosen, me.activeOrganizationId]),
      choose: (organizationId) => {
        localStorage.setItem(choiceKey(userId), organizationId);
        setChosen(organizationId);
      },
      refresh,
    }),
    [me, userId, chosen, refresh],
  );
}

/** By user, because several users may share a browser. */
function choiceKey(userId: string): string {
  return `platform.organization.${userId}`;
}
