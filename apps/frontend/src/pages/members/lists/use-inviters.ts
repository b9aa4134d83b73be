import type { Member } from "@platform-api/client";
import { usePlatform } from "@platform-api/client/react";
import { useQueries } from "@tanstack/react-query";
import { useStanding } from "../../../organization/use-me.ts";
import { personOf } from "./member-texts.ts";

/** How many members a list loads at a time. */
export const PAGE_SIZE = 50;

/** A member, or an invitation. */
type Invited = Pick<Member, "invitedBy"> & Partial<Pick<Member, "removedBy">>;
/** By the id of somebody who invited or removed a member; null for an operator. */
export type WhoIs = (userId: string | null) => string | null | undefined;

/**
 * Finds what those are called who invited or removed the members, with one request for each page of the list.
 * @returns a function that answers "you" for the caller, null for an operator, and undefined until it knows
 */
export function useInviters(organizationId: string, members: readonly Invited[]): WhoIs {
  const { org } = usePlatform();
  const { userId } = useStanding().me.user;
  const { addresses, isPending } = useQueries({
    queries: requestsFor(members, userId).map((userIds) =>
      org.members.lookup.queryOptions({ organizationId, userIds }, { staleTime: Number.POSITIVE_INFINITY }),
    ),
    combine,
  });
  const byId = new Map(addresses);
  return (by) => {
    if (by === null) return null;
    if (by === userId) return "you";
    return byId.get(by) ?? (isPending ? undefined : null);
  };
}

interface Answer {
  readonly data: readonly Pick<Member, "userId" | "email" | "name">[] | undefined;
  readonly isSuccess: boolean;
}

function combine(answers: readonly Answer[]) {
  const found = answers.flatMap(({ data = [] }) => data);
  return {
    addresses: found.map((each) => [each.userId, personOf(each)] as const),
    isPending: !answers.every(({ isSuccess }) => isSuccess),
  };
}

function requestsFor(members: readonly Invited[], self: string): string[][] {
  const requests: string[][] = [];
  for (let start = 0; start < members.length; start += PAGE_SIZE) {
    const page = members.slice(start, start + PAGE_SIZE);
    const ids = new Set(
      page.flatMap(({ invitedBy, removedBy }) => [invitedBy ?? [], removedBy ?? []].flat()),
    );
    ids.delete(self);
    if (ids.size > 0) requests.push([...ids].sort());
  }
  return requests;
}
