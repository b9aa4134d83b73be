import { usePlatformClient } from "@platform-api/client/react";
import { errorReason, isOutage } from "../app/problems/error-reason.ts";
import { announce } from "../design/announcer.tsx";
import type { MyOrganization } from "./active-organization.ts";
import { leaveRefusal } from "./member-refusal.ts";
import { type MeAnswer, useStanding } from "./use-me.ts";

/** @returns a function that leaves the organization. It resolves with why the user has not left, or with null. */
export function useLeave(organization: MyOrganization): () => Promise<string | null> {
  const client = usePlatformClient();
  const { refresh, noteLeft } = useStanding();
  const { id, name } = organization;
  return async () => {
    const error = await client.org.members.leave.mutate({ organizationId: id }).then(
      () => null,
      (failure: unknown) => failure,
    );
    const reason = error === null ? null : errorReason(error);
    if (reason === null) noteLeft(organization);
    const isMember = isMemberIn(await refresh(), id);
    if (reason !== null) {
      const isAnswered = !isOutage(reason) && reason !== "INTERNAL";
      if (isMember === null && !isAnswered)
        return "It is not known yet whether you have left. Try again in a moment.";
      if (isMember !== false) return leaveRefusal(reason, name);
      if (isAnswered) return null; // something else has ended the membership
      noteLeft(organization);
    }
    announce(`You left ${name}`);
    return null;
  };
}

/** Null where the answer does not tell. */
function isMemberIn({ data, error }: MeAnswer, organizationId: string): boolean | null {
  if (error !== null && errorReason(error) === "MEMBERSHIP_REMOVED")
    return data?.activeOrganizationId === organizationId ? false : null;
  if (error !== null || data === undefined) return null;
  return data.organizations.some(({ id }) => id === organizationId);
}
