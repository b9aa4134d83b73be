import type { Role } from "@platform-api/client";
import { usePlatformClient } from "@platform-api/client/react";
import { useMutation } from "@tanstack/react-query";
import type { MyOrganization } from "../../../organization/active-organization.ts";
import { useStanding } from "../../../organization/use-me.ts";
import { invitationNow, type Outcome } from "../invitations/invitation.ts";
import { useInvitationChanges } from "../invitations/use-invitations.ts";

/** What became of one address. */
export interface Answer {
  readonly email: string;
  readonly outcome: Outcome;
}

interface Asked {
  readonly emails: string[];
  readonly role: Role;
}

/** Invites people. Who was invited is in the list at once, although the server lists them a moment later. */
export function useInvite({ id: organizationId }: MyOrganization, onInvited: () => void) {
  const client = usePlatformClient();
  const { change } = useInvitationChanges(organizationId);
  const invitedBy = useStanding().me.user.userId;
  return useMutation<Answer[], Error, Asked>({
    mutationFn: ({ emails, role }) => client.org.invitations.create.mutate({ organizationId, emails, role }),
    networkMode: "always",
    onSuccess(answers, { role }) {
      for (const { email, outcome } of answers) {
        if (outcome !== "invited" && outcome !== "renewed") continue;
        const row = invitationNow({ email, role }, { invitedBy, now: Date.now() });
        void change({ id: email, apply: () => row, send: async () => row, absent: row });
      }
      onInvited();
    },
  });
}
