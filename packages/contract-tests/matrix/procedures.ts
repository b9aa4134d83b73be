import type { PlatformClient } from "@platform-api/client";
import type { HistoryNames } from "./history-names.ts";
import type { Answer } from "./phase.ts";
import type { Call } from "./vocabulary.ts";

/** Calls the procedure. @returns the part of its reply that the contract defines, with sorted lists */
export async function callProcedure(
  { auth, org }: PlatformClient,
  call: Call,
  names: HistoryNames,
): Promise<Answer> {
  switch (call.name) {
    case "validate": {
      const { userId, email, organizationId } = await auth.validate.query();
      return { user: userId, email, organizationId };
    }
    case "check":
      return auth.check.query({ organizationId: names.id(call.organization) });
    case "join": {
      const joined = await org.join.mutate({ organizationId: names.id(call.organization) });
      const { organizationId, userId, role, status } = joined;
      return { organization: organizationId, user: userId, role, status };
    }
    case "me": {
      const me = await org.me.query();
      return {
        user: me.user.userId,
        email: me.user.email,
        organizationId: me.activeOrganizationId,
        organizations: me.organizations
          .map(({ id, role, ssoRequired }) => ({ organization: id, role, ssoRequired }))
          .sort((a, b) => (a.organization < b.organization ? -1 : 1)),
        joinable: me.joinable.map(({ id }) => id).sort(),
      };
    }
  }
}
