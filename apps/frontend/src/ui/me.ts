import { usePlatform } from "@platform-api/client/react";
import { useQuery } from "@tanstack/react-query";
import { createContext, useContext, useMemo, useState } from "react";
import { activeOrganization, type Me, type MyOrganization } from "../active-organization.ts";
import { pollAfter, useSteadyFault } from "./polling.ts";

/** Who is here and where they belong, asked for again and again: what changes elsewhere shows here. */
export function useMyself() {
  const query = useQuery(
    usePlatform().org.me.queryOptions(undefined, { refetchInterval: ({ state }) => pollAfter(state.error) }),
  );
  return { me: query.data, fault: useSteadyFault(query), isAsking: query.isFetching, ask: query.refetch };
}

export interface Standing {
  readonly me: Me;
  /** The organization to work in; null where none counts for this sign-in. */
  readonly organization: MyOrganization | null;
  choose(organizationId: string): void;
  /** Asks again who this is, and resolves when it is known. */
  refresh(): Promise<unknown>;
}

export const StandingContext = createContext<Standing | null>(null);

/** @throws where nobody is signed in */
export function useStanding(): Standing {
  const standing = useContext(StandingContext);
  if (standing === null) throw new Error("Nobody is signed in around this component");
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

/** A choice is the person's: another one in this browser has their own. */
function choiceKey(userId: string): string {
  return `platform.organization.${userId}`;
}
