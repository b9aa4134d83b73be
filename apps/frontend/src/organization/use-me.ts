import { usePlatform } from "@platform-api/client/react";
import { useQuery } from "@tanstack/react-query";
import { createContext, useCallback, useContext, useEffect, useMemo, useState } from "react";
import { errorReason } from "../app/problems/error-reason.ts";
import { pollAfter, useSteadyError } from "../app/problems/polling.ts";
import { navigate, pathOf, placeOf, usePath } from "../app/routing/path.ts";
import { useApp } from "../app/session/app-context.ts";
import { activeOrganization, type Me, type MyOrganization } from "./active-organization.ts";
import { type LeftOrganization, leftBefore, rememberLeft } from "./last-organization.ts";

/** The user and their organizations. Polled, so that changes made elsewhere appear. */
export function useMyself() {
  const query = useQuery(
    usePlatform().org.me.queryOptions(undefined, { refetchInterval: ({ state }) => pollAfter(state.error) }),
  );
  const error = useSteadyError(query);
  const problem = error === null ? null : errorReason(error);
  return { me: query.data, problem, error, isAsking: query.isFetching, ask: query.refetch };
}

export interface Standing {
  readonly me: Me;
  /** The organization of the path, or else the one chosen last. Null if that membership does not count for this sign-in. */
  readonly organization: MyOrganization | null;
  /** Goes to the same page of another organization. */
  choose(organizationId: string): void;
  /** Loads `me` again. */
  refresh(): Promise<MeAnswer>;
  /** The organizations that the user has left in this browser since their last sign-out, the newest last. */
  readonly left: readonly LeftOrganization[];
  /** To be called when the user has left one. */
  noteLeft(organization: MyOrganization): void;
}

/** What the server answered when it was asked for `me`. */
export interface MeAnswer {
  /** The last answer. */
  readonly data: Me | undefined;
  /** Why there was no new one, or else null. */
  readonly error: unknown;
}

export const StandingContext = createContext<Standing | null>(null);

/** @throws outside of {@link StandingContext} */
export function useStanding(): Standing {
  const standing = useContext(StandingContext);
  if (standing === null) throw new Error("useStanding must be used inside StandingContext");
  return standing;
}

/** The confirmed address of the user, or else the one from the sign-in. */
export function useAddress(): string | null {
  const { email } = useApp();
  return useStanding().me.user.email ?? email;
}

export function useStandingOf(me: Me, refresh: Standing["refresh"]): Standing {
  const { userId } = me.user;
  const { organizationId: visited = null, page = "runs" } = placeOf(usePath()) ?? {};
  const [chosen, setChosen] = useState(() => localStorage.getItem(choiceKey(userId)));
  // The page of one organization never stands below the name and the navigation of another.
  const candidates =
    visited === null ? me.organizations : me.organizations.filter(({ id }) => id === visited);
  const organization = activeOrganization(candidates, [chosen, me.activeOrganizationId]);
  const visitedId = organization?.id === visited ? visited : null;
  useEffect(() => {
    if (visitedId === null) return;
    localStorage.setItem(choiceKey(userId), visitedId);
    setChosen(visitedId);
  }, [userId, visitedId]);
  const { left, noteLeft } = useLeft(me);
  return useMemo(() => {
    const choose = (organizationId: string) => navigate(pathOf(organizationId, page));
    return { me, organization, choose, refresh, left, noteLeft };
  }, [me, organization, page, refresh, left, noteLeft]);
}

/** What the user has left, until they are a member again. Who came back elsewhere may have been removed since. */
function useLeft(me: Me): Pick<Standing, "left" | "noteLeft"> {
  const { userId } = me.user;
  const { email } = useApp();
  const [left, setLeft] = useState(() =>
    leftBefore({ userId }).filter((each) => !me.removed.some(({ id }) => id === each.id)),
  );
  useEffect(() => {
    const isMember = (id: string) => me.organizations.some((each) => each.id === id);
    setLeft((now) => (now.some(({ id }) => isMember(id)) ? now.filter(({ id }) => !isMember(id)) : now));
  }, [me]);
  useEffect(() => rememberLeft({ userId, email }, left), [userId, email, left]);
  const noteLeft = useCallback(({ id, name }: MyOrganization) => {
    const at = new Date().toISOString();
    setLeft((now) => [...now.filter((each) => each.id !== id), { id, name, at }]);
  }, []);
  return { left, noteLeft };
}

/** Whether the user has opened an organization in this browser before. */
export function hasChosen(userId: string): boolean {
  return localStorage.getItem(choiceKey(userId)) !== null;
}

/** By user, because several users may share a browser. */
function choiceKey(userId: string): string {
  return `platform.organization.${userId}`;
}
