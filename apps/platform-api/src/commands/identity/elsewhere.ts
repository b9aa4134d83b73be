import { TEST_TENANT } from "@platform-api/server/adapters";
import type { ErasurePlan } from "@platform-api/server/domain";
import type { Environment } from "../../config/config.ts";

/** What else holds data of a user, and what to do there: an erasure reaches only the table. */
export function stillElsewhere(
  {
    person: { userId, subjects },
    isDeclared,
  }: Pick<ErasurePlan, "isDeclared"> & {
    readonly person: Pick<ErasurePlan["person"], "userId" | "subjects">;
  },
  { PLATFORM_JWT_ISSUER: legacyIssuer }: Environment,
): readonly string[] {
  const accounts = subjects.filter(({ tenant }) => tenant !== TEST_TENANT).map(({ subject }) => subject);
  const auth0 =
    accounts.length === 0
      ? "Auth0: look for accounts of theirs, and delete them."
      : `Auth0: delete ${accounts.join(", ")}, before you erase here. What \`events follow\` hears of it later stores the subject again; \`identity erase ${userId} --subject <subject>\` takes that away.`;
  return [
    auth0,
    ...(legacyIssuer
      ? [
          `${legacyIssuer} (PLATFORM_JWT_ISSUER): as long as it signs legacy tokens for ${userId}, they are still a user, though a member nowhere. Stop it there, or refuse them here: \`identity block ${userId}\`.`,
        ]
      : []),
    `The user directory: the name and the address of ${userId}. If you delete the user there, the mailbox is a new user at its next sign-in, with another UUID.`,
    `Your services: what they store under ${userId}, or under a subject.`,
    ...(isDeclared
      ? ["The organizations file: it invites the address again. Take it out before the next `org apply`."]
      : []),
    "Backups and point-in-time recovery of the table: they have everything until they expire. After a restore, erase again.",
    "Copies of the audit: your SIEM has the entries under the UUID, without subjects. What `audit list` printed, and the log lines `audit_lost` and `audit_unsure`, have them.",
    "Running processes: what they remember of an address ends within MEMORY_TTL_MS, 10 min by default.",
  ];
}
